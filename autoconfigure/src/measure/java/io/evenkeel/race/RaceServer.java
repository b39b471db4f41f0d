// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

/** A running server on 127.0.0.1. It answers "ok" to everything and keeps a {@link Ledger}. */
interface RaceServer extends AutoCloseable {

    /** The header with the id of a call. */
    String CALL_ID = "X-Call";

    int port();

    @Override
    void close();
}

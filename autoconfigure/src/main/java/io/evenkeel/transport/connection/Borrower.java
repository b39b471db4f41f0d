// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

/** Who got a kept connection from the pool. Whether it is used shows only when it has been looked at. */
public interface Borrower {

    /**
     * A request went out on the connection.
     *
     * @param idleNanos for how long it had been idle
     */
    void used(long idleNanos);
}

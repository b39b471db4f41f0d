// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.net.URI;

/** A server on the loopback interface with one port for each side. */
public interface Upstream {

    /** The request header that names a call, so that the server recognises a POST which arrives twice. */
    String CALL_ID = "Call-Id";

    /** Upstreams start before, and stop after, all that may call them. */
    int UPSTREAM_PHASE = 0;

    /** {@return the root of the server as this side is to call it} */
    URI uri(Side side);

    /** {@return what the server has counted on the port of this side} */
    Tally tally(Side side);
}

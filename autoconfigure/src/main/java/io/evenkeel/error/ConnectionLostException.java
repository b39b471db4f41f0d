// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import java.io.IOException;
import java.time.Duration;

/**
 * A kept connection broke before a byte of the response, and the request was not sent again. The message says why, and what
 * would have made it safe; the cause is what the connection said.
 */
public final class ConnectionLostException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** @param sent {@code MAYBE}; or {@code NO}, if that is proven */
    public ConnectionLostException(
            String message, String client, String route, Duration elapsed, Sent sent, IOException cause) {
        super(message, client, route, "connection_lost", sent, elapsed, cause);
    }
}

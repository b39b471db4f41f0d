// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import java.io.IOException;
import java.time.Duration;

/** The peer took nothing more of a request for the write timeout. It may have read what was written until then. */
public final class WriteTimeoutException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    public WriteTimeoutException(
            String message, String client, String route, Sent sent, Duration elapsed, IOException cause) {
        super(message, client, route, "write_timeout", sent, elapsed, cause);
    }
}

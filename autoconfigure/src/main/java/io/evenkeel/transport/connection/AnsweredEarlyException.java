// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import java.io.IOException;

/** The peer does not want the rest of a request, as its response says. Ends the writing of the body, and goes no further. */
final class AnsweredEarlyException extends IOException {

    private static final long serialVersionUID = 1L;

    AnsweredEarlyException(int status) {
        super("The server answered with %d before the request was written".formatted(status));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import java.io.IOException;

/** The server answered 408 on a kept connection and closed it: it had waited for a request for too long. */
final class GoodbyeException extends IOException {

    private static final long serialVersionUID = 1L;

    GoodbyeException() {
        super("The server closed the kept connection with status 408");
    }
}

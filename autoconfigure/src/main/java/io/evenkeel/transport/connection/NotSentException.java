// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import java.io.IOException;

/** A kept connection was not fit to carry its request any more in the moment when it was to be sent. */
final class NotSentException extends IOException {

    private static final long serialVersionUID = 1L;

    NotSentException(String message) {
        super(message);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.breaker;

import java.io.IOException;

/** What a circuit breaker is told of a response that is an error of the server. Nobody throws it, so it has no stack. */
final class ErrorStatusException extends IOException {

    private static final long serialVersionUID = 1L;

    ErrorStatusException(int status) {
        super("status " + status);
    }

    @Override
    public String toString() {
        return String.valueOf(getMessage());
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import java.time.Duration;

/** No connection became free within the acquire timeout. The request was not sent. */
public final class AcquireTimeoutException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    public AcquireTimeoutException(String message, String client, String route, Duration elapsed) {
        super(message, client, route, "acquire_timeout", Sent.NO, elapsed, null);
    }
}

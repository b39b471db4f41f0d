// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import java.time.Duration;
import java.util.Locale;

/**
 * What the server sent is not a complete and valid response, or larger than the client accepts. Nothing of its body may be
 * trusted, and the server has most likely acted on the request. The cause tells where reading ended.
 *
 * <p>A response that does not come at all is a failure of the network and stays one ({@code SocketTimeoutException},
 * {@code SocketException}, HttpClient's {@code NoHttpResponseException}).
 */
public final class BadResponseException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** @param sent {@code YES}, or {@code NO} if the server spoke before the request went out */
    public BadResponseException(
            String message, String client, String route, Reason reason, Sent sent, Duration elapsed, Throwable cause) {
        super(message, client, route, reason.name().toLowerCase(Locale.ROOT), sent, elapsed, cause);
    }

    /** What is wrong with the response. */
    public enum Reason {
        /** The connection ended inside of it. */
        TRUNCATED,
        /** It breaks the rules of HTTP/1.1, or its content those of its coding. */
        MALFORMED,
        /** Its head is larger than the client accepts. */
        TOO_LARGE
    }
}

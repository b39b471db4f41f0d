// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a call ended: by a limit or a decision of Evenkeel, or by a failure of the network. Spring hands it out among the
 * causes of a {@code ResourceAccessException}; {@link #in(Throwable)} finds it there.
 *
 * <p>Failures of the network keep their class ({@code UnknownHostException}, {@code ConnectException}, {@code SSLException},
 * {@code SocketTimeoutException}), since existing handlers look for it; a {@link NetworkException} is their cause.
 */
public abstract sealed class EvenkeelException extends IOException
        permits AcquireTimeoutException,
                BadResponseException,
                CallRejectedException,
                CallTimeoutException,
                ConnectionLostException,
                NetworkException,
                WriteTimeoutException {

    private static final long serialVersionUID = 1L;

    private final String client;
    private final String route;
    private final String reason;
    private final Sent sent;
    private final Duration elapsed;

    EvenkeelException(
            String message,
            String client,
            String route,
            String reason,
            Sent sent,
            Duration elapsed,
            @Nullable Throwable cause) {
        super(message, cause);
        this.client = client;
        this.route = route;
        this.reason = reason;
        this.sent = sent;
        this.elapsed = elapsed;
    }

    /** {@return the name of the client, {@code default} if it has none} */
    public final String client() {
        return this.client;
    }

    /** {@return the origin that was called, without its default port: {@code https://api.example.com}} */
    public final String route() {
        return this.route;
    }

    /** {@return a constant of the error table in the documentation, such as {@code acquire_timeout}} */
    public final String reason() {
        return this.reason;
    }

    /** {@return the time that the call had spent in the step that ended it} */
    public final Duration elapsed() {
        return this.elapsed;
    }

    /** {@return whether the server may have seen the request} */
    public final Sent sent() {
        return this.sent;
    }

    /**
     * Finds the exception of this family in a chain of causes.
     *
     * @param thrown what the call threw
     * @return the first of the family, or empty
     */
    public static Optional<EvenkeelException> in(@Nullable Throwable thrown) {
        // A chain of causes may be circular: initCause only refuses the shortest circle.
        Throwable current = thrown;
        for (int depth = 0; current != null && depth < 100; depth++, current = current.getCause()) {
            if (current instanceof EvenkeelException found) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /** Whether the server may have seen the request. */
    public enum Sent {
        /** Not a byte of it left. */
        NO,
        /** It left, and nothing came back. */
        MAYBE,
        /** The server began to answer it. */
        YES
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.event.CloseReason;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.socket.Liveness;
import io.evenkeel.transport.socket.SentEvidence;
import io.evenkeel.transport.support.Texts;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * The sending of requests on one connection: the look before the first byte of each, and what is known to have left. Between
 * the lease and that byte interceptors run, bodies are written and machines pause, so the look is the last thing before it.
 *
 * <p>Used by the thread that holds the lease.
 */
final class Sending {

    /** What is longer than the buffer of a connection is written in several pieces, and often produced meanwhile. */
    static final int BUFFER_BYTES = 8 * 1024;

    private final ConnectionHistory history;
    private final Supplier<Liveness> look;
    private final BooleanSupplier shut;
    private final Ticker ticker;

    private boolean limited;
    private long sendBy;

    private long begunAt;
    private boolean begun;
    private boolean bodyReadOnce;
    private @Nullable HttpEntity body;
    private @Nullable SentEvidence evidence;
    private @Nullable IOException failure;
    private boolean refused;

    /**
     * @param history of the connection
     * @param look looks at it
     * @param shut whether somebody has closed it on this side
     */
    Sending(ConnectionHistory history, Supplier<Liveness> look, BooleanSupplier shut, Ticker ticker) {
        this.history = history;
        this.look = look;
        this.shut = shut;
        this.ticker = ticker;
        this.begunAt = ticker.nanoTime();
    }

    /** From this time on the server may have closed the connection, and no request is begun on it. */
    void mustBeginBy(long nanos) {
        this.limited = true;
        this.sendBy = nanos;
    }

    void withoutLimit() {
        this.limited = false;
    }

    /**
     * A request begins.
     *
     * @param bodyReadOnce whether its body cannot be written a second time
     * @param evidence of the socket, if it is one of ours
     */
    void begin(boolean bodyReadOnce, @Nullable SentEvidence evidence) {
        this.begunAt = this.ticker.nanoTime();
        this.begun = false;
        this.bodyReadOnce = bodyReadOnce;
        this.body = null;
        this.refused = false;
        this.evidence = evidence;
        if (evidence != null) {
            evidence.begin();
        }
    }

    Duration elapsed() {
        return Duration.ofNanos(since(this.ticker.nanoTime()));
    }

    /** {@return nanoseconds from the beginning of the request to the given time} */
    long since(long now) {
        return now - this.begunAt;
    }

    /**
     * The body comes next.
     *
     * @return whether the head is to be sent before it: then the server stops waiting for a request, and whether the
     *     connection lives is known as long as the body is untouched
     */
    boolean headGoesFirst(HttpEntity body) {
        this.body = body;
        return this.bodyReadOnce || body.getContentLength() > BUFFER_BYTES;
    }

    /**
     * Called before each write to the socket.
     *
     * @throws NotSentException if the kept connection is not fit for the request, of which nothing was sent
     */
    void beforeWrite() throws IOException {
        if (this.begun) {
            return;
        }
        if (this.history.wasKept()) {
            requireFit(this.ticker.nanoTime());
        }
        this.begun = true;
        this.limited = false;
    }

    private void requireFit(long now) throws IOException {
        if (this.limited && now - this.sendBy > 0 && !isBodySpent()) {
            this.history.closing(CloseReason.IDLE);
            Duration late = Duration.ofNanos(now - this.sendBy);
            throw refusal("The request comes %s too late for the kept connection".formatted(Texts.duration(late)));
        }
        Liveness liveness = this.look.get();
        if (liveness != Liveness.ALIVE) {
            if (Thread.currentThread().isInterrupted()) {
                // A look that waits for TLS closes the channel then.
                throw new InterruptedIOException("The thread was interrupted before the request was sent");
            }
            this.history.closing(liveness.closeReason());
            throw refusal("The kept connection ended before the request was sent: " + liveness);
        }
        this.history.idleAge().end(this.ticker.nanoTime());
    }

    /** One that somebody closed on this side was not refused: the call was given up. */
    private NotSentException refusal(String message) {
        this.refused = !this.shut.getAsBoolean() && !isBodySpent();
        return new NotSentException(message);
    }

    /** {@return whether the request was not begun, as the connection was not fit for it: any other may carry it} */
    boolean wasRefused() {
        return this.refused;
    }

    private boolean isBodySpent() {
        return this.body != null && !this.body.isRepeatable();
    }

    /** The socket failed. The first failure is the cause of those that follow, such as that of closing the body. */
    void failed(IOException failure) {
        if (this.failure == null) {
            this.failure = failure;
            if (failure instanceof SocketTimeoutException) {
                // Said now, since HttpClient closes the connection before anybody else hears of it.
                this.history.closing(CloseReason.TIMEOUT);
            }
        }
    }

    boolean hasFailed() {
        return this.failure != null;
    }

    /** {@return whether the body of the request cannot be written a second time} */
    boolean isBodyReadOnce() {
        return this.bodyReadOnce;
    }

    /**
     * Writers of bodies wrap what the socket throws, as Jackson does.
     *
     * @return the failure of the socket, if that is what is behind this exception
     */
    @Nullable
    IOException failureBehind(RuntimeException thrown) {
        if (this.refused) {
            return this.failure;
        }
        Throwable current = thrown;
        for (int depth = 0; current != null && depth < 20; depth++, current = current.getCause()) {
            if (current == this.failure) {
                return this.failure;
            }
        }
        return null;
    }

    /** {@return whether it is proven that no byte of the request left} */
    boolean nothingSent() {
        return !this.begun || (this.evidence != null && this.evidence.nothingSent());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.FailureReason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/**
 * How far a call had got when it failed. The same exception means something else at each step: the end of the connection
 * is a failed handshake, a lost connection, or a response that was cut off.
 */
public enum FailedStep {
    /** Until a connection is opened, and outside of everything else. */
    BEFORE(FailureReason.IO, FailureReason.IO),
    /** Until there is a connection. */
    CONNECTING(FailureReason.CONNECT, FailureReason.CONNECT),
    /** Until there is TLS on it. */
    HANDSHAKE(FailureReason.TLS, FailureReason.TLS),
    /** Until the head of the response. */
    EXCHANGE(FailureReason.CONNECTION_LOST, FailureReason.READ_TIMEOUT),
    /** Until the end of the response. */
    BODY(FailureReason.TRUNCATED, FailureReason.READ_TIMEOUT);

    /** A circle of causes ends somewhere, too. */
    private static final int MOST_CAUSES = 20;

    private final FailureReason ofEnd;
    private final FailureReason ofTimeout;

    FailedStep(FailureReason ofEnd, FailureReason ofTimeout) {
        this.ofEnd = ofEnd;
        this.ofTimeout = ofTimeout;
    }

    /**
     * {@return why the call failed} The first exception in the chain of causes that tells decides.
     *
     * @param failure what the caller gets to see
     * @param aborted whether somebody gave the call up
     */
    public FailureReason reason(Throwable failure, boolean aborted) {
        EvenkeelException ours = EvenkeelException.in(failure).orElse(null);
        // A response is cut off, too, when the call is given up in the middle of it.
        if (ours != null && !(aborted && ours instanceof BadResponseException)) {
            return FailureReason.of(ours.reason()).orElse(FailureReason.IO);
        }
        if (aborted) {
            return FailureReason.CANCELLED;
        }
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++, cause = cause.getCause()) {
            FailureReason reason = reasonOf(cause);
            if (reason != null) {
                return reason;
            }
        }
        return (failure instanceof IOException) ? FailureReason.IO : FailureReason.OTHER;
    }

    private @Nullable FailureReason reasonOf(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return FailureReason.DNS;
        }
        if (cause instanceof ConnectException
                || cause instanceof ConnectTimeoutException
                || cause instanceof NoRouteToHostException) {
            return FailureReason.CONNECT;
        }
        if (cause instanceof SSLHandshakeException || cause instanceof SSLPeerUnverifiedException) {
            return FailureReason.TLS;
        }
        if (cause instanceof SocketTimeoutException) {
            return this.ofTimeout;
        }
        if (cause instanceof RequestFailedException) {
            // Says why in its cause, unless it is that somebody aborted the call.
            return (cause.getCause() == null) ? FailureReason.CANCELLED : null;
        }
        if (cause instanceof CancellationException) {
            return FailureReason.CANCELLED;
        }
        if (cause instanceof InterruptedException
                || cause instanceof InterruptedIOException
                || cause instanceof ClosedByInterruptException) {
            return FailureReason.INTERRUPTED;
        }
        return endsConnection(cause) ? this.ofEnd : null;
    }

    private static boolean endsConnection(Throwable cause) {
        return cause instanceof ConnectionClosedException
                || cause instanceof NoHttpResponseException
                || cause instanceof SocketException
                || cause instanceof SSLException
                || cause instanceof EOFException
                || cause instanceof ClosedChannelException;
    }
}

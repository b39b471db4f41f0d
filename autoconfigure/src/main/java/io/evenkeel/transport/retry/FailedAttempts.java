// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.retry;

import io.evenkeel.error.BadResponseException.Reason;
import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.CallPhase;
import io.evenkeel.policy.replay.ExchangeFacts;
import io.evenkeel.policy.retry.FailedAttempt;
import io.evenkeel.policy.retry.FailedAttempt.Cause;
import io.evenkeel.transport.connection.StalledUploadException;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.dial.Dialing;
import io.evenkeel.transport.dial.FailedStep;
import io.evenkeel.transport.exec.CallState;
import io.evenkeel.transport.http1.UnacceptableResponseException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Finds out what an attempt failed of. */
public final class FailedAttempts {

    /** A circle of causes ends somewhere, too. */
    private static final int MOST_CAUSES = 20;

    /** In these, time passes that the server takes. */
    private static final Set<CallPhase> OF_SERVER =
            EnumSet.of(CallPhase.CONNECTING, CallPhase.HANDSHAKE, CallPhase.SENDING, CallPhase.WAITING);

    private FailedAttempts() {}

    static FailedAttempt of(ClassicHttpResponse response, ExecChain.Scope scope) {
        if (isGivenUp(CallState.of(scope.clientContext), scope)) {
            return FailedAttempt.of(Cause.FINAL);
        }
        Header wish = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
        Header date = response.getFirstHeader(HttpHeaders.DATE);
        return new FailedAttempt(
                Cause.STATUS,
                response.getCode(),
                (wish != null && wish.getValue() != null)
                        ? RetryAfter.parse(wish.getValue(), (date != null) ? date.getValue() : null, Instant.now())
                        : null);
    }

    /**
     * {@return whether a failure says something of the server, or of the way to it} Not those of this side: what is refused here, what
     * nobody waits for any more, what TLS does not allow. Nor the end of a time that somebody else has set than the client, as
     * a caller who allows a millisecond would condemn the server for all others.
     */
    public static boolean isOfServer(IOException failure, ExecChain.Scope scope) {
        CallState call = CallState.of(scope.clientContext);
        CallDeadline deadline = call.deadline();
        if (deadline != null && deadline.isOver()) {
            // A later attempt has what the earlier ones have left of the time.
            return deadline.isOfClient() && !call.hasRetried() && OF_SERVER.contains(deadline.phase());
        }
        if (isGivenUp(call, scope)) {
            return false;
        }
        if (failure instanceof ConnectionLostException lost && call.isLostBy(lost)) {
            return true;
        }
        if (EvenkeelException.in(failure).isPresent()) {
            return false;
        }
        if (failure instanceof UnacceptableResponseException unacceptable) {
            return unacceptable.reason() != Reason.TOO_LARGE;
        }
        Dialing.Failed opening = Dialing.failed(scope.clientContext);
        if (opening != null) {
            return !opening.closedWithClient() && (opening.step() == FailedStep.CONNECTING || isOfNetwork(failure));
        }
        ExchangeFacts exchange = call.failedExchange(failure);
        return exchange != null
                && switch (exchange.ending()) {
                    case TIMED_OUT -> !call.isHurried();
                    case BROKEN, GOODBYE, PROTOCOL -> true;
                    case ABANDONED, TLS, LOCAL -> false;
                };
    }

    static FailedAttempt of(IOException failure, ExecChain.Scope scope) {
        return FailedAttempt.of(cause(failure, scope));
    }

    private static Cause cause(IOException failure, ExecChain.Scope scope) {
        CallState call = CallState.of(scope.clientContext);
        if (isGivenUp(call, scope)) {
            return Cause.FINAL;
        }
        if (failure instanceof ConnectionLostException lost && call.isLostBy(lost)) {
            return (lost.sent() == Sent.NO) ? Cause.NOT_SENT : Cause.BROKEN;
        }
        if (EvenkeelException.in(failure).isPresent()) {
            // What we refuse ourselves is no failure of the server.
            return Cause.FINAL;
        }
        if (failure instanceof UnacceptableResponseException unacceptable) {
            return (unacceptable.reason() == Reason.TRUNCATED) ? Cause.BROKEN : Cause.FINAL;
        }
        Dialing.Failed opening = Dialing.failed(scope.clientContext);
        if (opening != null) {
            boolean mended = opening.step() == FailedStep.CONNECTING || isOfNetwork(failure);
            return (mended && !opening.inTunnel() && !opening.closedWithClient()) ? Cause.NOT_SENT : Cause.FINAL;
        }
        ExchangeFacts exchange = call.failedExchange(failure);
        return (exchange != null) ? cause(failure, exchange) : Cause.FINAL;
    }

    /** {@return whether nobody waits for the call any more} */
    static boolean isGivenUp(CallState call, ExecChain.Scope scope) {
        return call.isLate()
                || scope.execRuntime.isExecutionAborted()
                || Thread.currentThread().isInterrupted();
    }

    private static Cause cause(IOException failure, ExchangeFacts exchange) {
        return switch (exchange.ending()) {
            // A server that takes nothing of a request has no time for it.
            case TIMED_OUT -> (failure instanceof StalledUploadException) ? Cause.FINAL : Cause.TIMED_OUT;
            case BROKEN -> (exchange.sent() || exchange.received()) ? Cause.BROKEN : Cause.NOT_SENT;
            case ABANDONED, PROTOCOL, TLS, LOCAL, GOODBYE -> Cause.FINAL;
        };
    }

    /** A handshake fails of the network, or of what both sides are, which will be the same the next time. */
    private static boolean isOfNetwork(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++, cause = cause.getCause()) {
            if (cause instanceof SocketException
                    || cause instanceof SocketTimeoutException
                    || cause instanceof EOFException
                    || cause instanceof ConnectionClosedException
                    || cause instanceof ClosedChannelException) {
                return true;
            }
        }
        return false;
    }
}

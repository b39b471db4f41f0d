// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.error.EvenkeelException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.error.NetworkException;
import io.evenkeel.error.WriteTimeoutException;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.FailureReason;
import io.evenkeel.transport.connection.StalledUploadException;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.deadline.CallDeadlines;
import io.evenkeel.transport.dial.Dialing;
import io.evenkeel.transport.dial.FailedStep;
import io.evenkeel.transport.pool.ReplayPlace;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.support.Origins;
import io.evenkeel.transport.support.SameClass;
import io.evenkeel.transport.support.Texts;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.jspecify.annotations.Nullable;

/**
 * Adds to a failure of the network what a caller of one client has to know: which client and route it was, how far the call
 * had got, and what can be done. The class stays, and so does the beginning of the message, as both are looked for.
 * Thread-safe.
 */
public final class NetworkFailures {

    private static final Set<FailureReason> OF_THE_NETWORK = Set.of(
            FailureReason.DNS,
            FailureReason.CONNECT,
            FailureReason.TLS,
            FailureReason.READ_TIMEOUT,
            FailureReason.CONNECTION_LOST,
            FailureReason.TRUNCATED);

    private final ClientSpec spec;
    private final NetworkRemedies remedies;
    private final CallDeadlines deadlines;

    public NetworkFailures(ClientSpec spec, CallDeadlines deadlines) {
        this.spec = spec;
        this.deadlines = deadlines;
        this.remedies = new NetworkRemedies(spec);
    }

    /** {@return the failure with what is known of it, or as it is if it is none of the network's or says all of it} */
    IOException explain(IOException failure, FailedStep step, ExecChain.Scope scope) {
        CallState call = CallState.of(scope.clientContext);
        if (call.isLate()) {
            return late(call, scope, failure);
        }
        if (failure instanceof StalledUploadException stalled) {
            return stalled(call, scope, stalled);
        }
        FailureReason reason = step.reason(failure, scope.execRuntime.isExecutionAborted());
        if (!OF_THE_NETWORK.contains(reason) || EvenkeelException.in(failure).isPresent()) {
            return failure;
        }
        HttpClientContext context = scope.clientContext;
        Facts facts = facts(step, reason, context);
        if (facts == null) {
            return failure;
        }
        HttpRoute route = route(scope);
        ReadLimit limit = (reason == FailureReason.READ_TIMEOUT)
                ? ReadLimit.of(this.spec, context, facts.exchange(), facts.phase())
                : null;
        String message = "%s (client '%s', %s %s%s, %s, %s). %s"
                .formatted(
                        said(failure),
                        this.spec.client(),
                        method(scope),
                        Origins.of(route),
                        (route.getProxyHost() != null) ? " through proxy " + route.getProxyHost() : "",
                        facts.phase().words(),
                        (limit != null) ? limit.text(facts.phase()) : "after " + Texts.duration(facts.elapsed()),
                        facts.closedWithClient()
                                ? "The application context was closed meanwhile."
                                : this.remedies.of(failure, reason, facts, route, limit));
        IOException explained = SameClass.as(failure, message);
        if (explained == null) {
            return failure;
        }
        explained.initCause(new NetworkException(
                message,
                this.spec.client(),
                Origins.of(route),
                reason.code(),
                facts.phase(),
                facts.sent(),
                facts.elapsed(),
                failure));
        for (Throwable other : failure.getSuppressed()) {
            explained.addSuppressed(other);
        }
        return explained;
    }

    /** {@return what the caller of a call that is late is told} */
    IOException late(CallState call, ExecChain.Scope scope, Exception cause) {
        CallDeadline bound = call.deadline();
        if (bound == null) {
            throw new IllegalStateException("A call without a deadline is never late", cause);
        }
        Exchange exchange = call.exchange();
        return this.deadlines.late(
                bound, method(scope), Origins.of(route(scope)), (exchange != null) ? exchange.sent() : Sent.NO, cause);
    }

    private WriteTimeoutException stalled(CallState call, ExecChain.Scope scope, StalledUploadException stalled) {
        Exchange exchange = call.exchange();
        String origin = Origins.of(route(scope));
        String message =
                "%s %s was not taken by the server: %s within %s, after %d bytes (client '%s'). Raise %s.write-timeout if the server may pause for longer while it reads."
                        .formatted(
                                method(scope),
                                origin,
                                stalled.what(),
                                Texts.duration(this.spec.times().write()),
                                stalled.written(),
                                this.spec.client(),
                                this.spec.keyPrefix());
        return new WriteTimeoutException(
                message,
                this.spec.client(),
                origin,
                (exchange != null) ? exchange.sent() : Sent.MAYBE,
                (exchange != null) ? exchange.elapsed() : Duration.ZERO,
                stalled);
    }

    /** {@return where the call went last, which a redirect may have led elsewhere} */
    private static HttpRoute route(ExecChain.Scope scope) {
        return (scope.clientContext.getHttpRoute() instanceof HttpRoute last) ? last : scope.route;
    }

    private static String said(IOException failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    /** {@return the method of the last request, which a redirect may have changed} */
    private static String method(ExecChain.Scope scope) {
        ReplayPlace place = CallState.of(scope.clientContext).place();
        return (place != null) ? place.request().method() : scope.originalRequest.getMethod();
    }

    private static @Nullable Facts facts(FailedStep step, FailureReason reason, HttpClientContext context) {
        Dialing.Failed opening = Dialing.failed(context);
        if (opening != null && opening.step() == step) {
            CallPhase phase = (step == FailedStep.HANDSHAKE)
                    ? CallPhase.HANDSHAKE
                    : (reason == FailureReason.DNS) ? CallPhase.RESOLVING : CallPhase.CONNECTING;
            return new Facts(phase, Sent.NO, opening.elapsed(), opening.closedWithClient(), null);
        }
        Exchange exchange = CallState.of(context).exchange();
        if (exchange == null || (step != FailedStep.EXCHANGE && step != FailedStep.BODY)) {
            return null;
        }
        if (step == FailedStep.BODY) {
            return new Facts(CallPhase.READING, Sent.YES, exchange.elapsed(), exchange.closedWithClient(), exchange);
        }
        // What interceptors and bodies of the application fail of may be of the network, too, but not of this
        // connection.
        return exchange.failedOfConnection()
                ? new Facts(
                        exchange.brokeInWriting() ? CallPhase.SENDING : CallPhase.WAITING,
                        exchange.sent(),
                        exchange.elapsed(),
                        exchange.closedWithClient(),
                        exchange)
                : null;
    }

    /**
     * How far the call had got.
     *
     * @param exchange the exchange that failed, if there was a connection
     */
    record Facts(
            CallPhase phase,
            Sent sent,
            Duration elapsed,
            boolean closedWithClient,
            @Nullable Exchange exchange) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.retry;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.RetryDenial;
import io.evenkeel.policy.PolicySwitch;
import io.evenkeel.policy.replay.RequestFacts;
import io.evenkeel.policy.retry.FailedAttempt;
import io.evenkeel.policy.retry.FailedAttempt.Cause;
import io.evenkeel.policy.retry.RetryBudgets;
import io.evenkeel.policy.retry.RetryDecision;
import io.evenkeel.policy.retry.RetryHistory;
import io.evenkeel.policy.retry.RetryRule;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.exec.CallState;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.support.Origins;
import io.evenkeel.transport.support.Texts;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a request again that failed, after a pause, if the rule and the budget of its route allow it. It sits inside redirects,
 * whose requests share the retries of their call; outside of authentication, which begins anew, as a server may take an answer to
 * a challenge only once; and outside of the replay of dead connections, which costs nothing of the budget.
 */
public final class RetryExec implements ExecChainHandler {

    private static final Logger log = LoggerFactory.getLogger(RetryExec.class);

    private final String client;
    private final PolicySwitch wanted;
    private final RetryRule rule;
    private final RetryBudgets budgets;
    private final ConnectionListener listener;
    private final Function<HttpRoute, Duration> usualConnect;
    private final RetryTexts texts;
    private final Pauses pauses;

    /**
     * @param wanted whether anything is sent again
     * @param usualConnect what a connection to a route usually takes
     */
    public RetryExec(
            ClientSpec spec,
            PolicySwitch wanted,
            RetryRule rule,
            RetryBudgets budgets,
            Pauses pauses,
            Function<HttpRoute, Duration> usualConnect,
            ConnectionListener listener) {
        this.client = spec.client();
        this.wanted = wanted;
        this.rule = rule;
        this.budgets = budgets;
        this.pauses = pauses;
        this.usualConnect = usualConnect;
        this.listener = listener;
        this.texts = new RetryTexts(spec.keyPrefix());
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        CallState call = CallState.of(scope.clientContext);
        Header[] headers = request.getHeaders();
        int before = call.hasRetried() ? call.retries().count() : 0;
        while (true) {
            RetryDecision decision;
            try {
                ClassicHttpResponse response = chain.proceed(request, scope);
                if (!this.rule.isRetried(response.getCode())) {
                    answered(response, call, scope);
                    return response;
                }
                decision = decide(FailedAttempts.of(response, scope), null, request, scope);
                if (!decision.allowed()) {
                    return response;
                }
                leave(response, scope);
            } catch (IOException ex) {
                if (call.hasRetried() && isCircuitOpen(ex)) {
                    throw this.texts.refused(ex, call.retries(), before);
                }
                decision = decide(FailedAttempts.of(ex, scope), ex, request, scope);
                if (!decision.allowed()) {
                    throw this.texts.explain(ex, call.retries(), before, decision.denial());
                }
                scope.execRuntime.discardEndpoint();
            } catch (HttpException | RuntimeException ex) {
                call.retries().suppressIn(ex);
                throw ex;
            }
            pause(decision, call, scope);
            // Authentication and the request interceptors begin anew, and leave alone or refuse what they find already
            // there.
            request.setHeaders(headers);
            call.retries().retries();
        }
    }

    /** The breaker of the route opened in the pause, or lets others try. */
    private static boolean isCircuitOpen(IOException failure) {
        return failure instanceof CallRejectedException rejected
                && rejected.rejection() == CallRejectedException.Reason.CIRCUIT_OPEN;
    }

    /** @throws IOException if the call is given up meanwhile */
    private void pause(RetryDecision decision, CallState call, ExecChain.Scope scope) throws IOException {
        try {
            if (!this.pauses.await(decision.pause(), call.originalRequest()) || FailedAttempts.isGivenUp(call, scope)) {
                throw new RequestFailedException("The call was given up before its next attempt");
            }
        } catch (IOException ex) {
            call.retries().suppressIn(ex);
            throw ex;
        }
    }

    private RetryDecision decide(
            FailedAttempt attempt, @Nullable IOException failure, ClassicHttpRequest request, ExecChain.Scope scope) {
        CallState call = CallState.of(scope.clientContext);
        call.saved(false);
        RequestFacts facts = call.request();
        if (attempt.cause() == Cause.FINAL || facts == null || !call.mayRetry() || !this.wanted.isOn()) {
            return RetryDecision.NOT_WANTED;
        }
        RetryHistory history = call.retries();
        CallDeadline deadline = call.deadline();
        RetryDecision decision = this.rule.decide(
                facts.withBody(isRepeatable(request)),
                attempt,
                history,
                (deadline != null) ? deadline.remaining() : null,
                (deadline != null) ? this.usualConnect.apply(scope.route) : Duration.ZERO);
        String origin = Origins.of(scope.route);
        if (decision.allowed() && call.isCircuitOpen()) {
            decision = RetryDecision.denied(RetryDenial.CIRCUIT_OPEN);
        }
        if (decision.allowed()) {
            decision = this.budgets.take(origin) ? decision : RetryDecision.denied(RetryDenial.BUDGET);
            this.listener.retryBudgetUsed(this.client, origin, () -> this.budgets.share(origin));
        }
        if (decision.denial() != null) {
            this.listener.retryDenied(this.client, origin, decision.denial());
        } else {
            history.failed(attempt, failure);
        }
        log(request, origin, attempt, decision);
        return decision;
    }

    private static void log(ClassicHttpRequest request, String origin, FailedAttempt attempt, RetryDecision decision) {
        if (log.isDebugEnabled()) {
            String failed = (attempt.status() != 0)
                    ? "status " + attempt.status()
                    : attempt.cause().name();
            RetryDenial denial = decision.denial();
            log.debug(
                    "{} {} failed ({}): {}",
                    request.getMethod(),
                    origin,
                    failed,
                    (denial != null)
                            ? "not sent again, as " + denial.text()
                            : "sent again in " + Texts.duration(decision.pause()));
        }
    }

    /** Asked afterwards: HttpClient calls a body that can be read once repeatable as long as nobody has read it. */
    private static boolean isRepeatable(ClassicHttpRequest request) {
        HttpEntity entity = request.getEntity();
        return entity == null || entity.isRepeatable();
    }

    /** A failure that nobody wants sent again is one all the same. */
    private void answered(ClassicHttpResponse response, CallState call, ExecChain.Scope scope) {
        boolean succeeded = response.getCode() < HttpStatus.SC_SERVER_ERROR;
        if (succeeded && !this.budgets.areFull()) {
            this.budgets.succeeded(Origins.of(scope.route));
        }
        if (call.hasRetried()) {
            call.saved(succeeded);
        }
    }

    /** Reads a little of a response that nobody gets, which is cheaper than another connection. */
    private static void leave(ClassicHttpResponse response, ExecChain.Scope scope) {
        try {
            if (response.getEntity() != null) {
                // At its end the connection is given back.
                response.getEntity().getContent().close();
            }
        } catch (IOException ex) {
            log.debug("The response to an attempt could not be read: {}", ex.toString());
        } finally {
            scope.execRuntime.discardEndpoint();
        }
    }
}

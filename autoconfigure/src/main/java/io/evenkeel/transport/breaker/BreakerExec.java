// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.breaker;

import io.evenkeel.policy.PolicySwitch;
import io.evenkeel.policy.breaker.Breaker;
import io.evenkeel.policy.breaker.Breakers;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.exec.CallState;
import io.evenkeel.transport.retry.FailedAttempts;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.support.LastNamed;
import java.io.IOException;
import java.time.Duration;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;

/**
 * Asks the breaker of the route before each attempt, and tells it afterwards how that went, to the head of the response. It sits
 * inside of the retries, so that each attempt counts, and outside of the replay of dead connections, which says nothing of the
 * server. Whoever is refused has not waited for a connection.
 */
public final class BreakerExec implements ExecChainHandler {

    private final Breakers breakers;
    private final PolicySwitch wanted;
    private final Ticker ticker;
    private final BreakerErrors errors;
    private final LastNamed authorities = new LastNamed(HttpHost::toHostString);

    public BreakerExec(ClientSpec spec, Breakers breakers, PolicySwitch wanted, Ticker ticker) {
        this.breakers = breakers;
        this.wanted = wanted;
        this.ticker = ticker;
        this.errors = new BreakerErrors(spec.client(), spec.keyPrefix());
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (!this.wanted.isOn()) {
            return chain.proceed(request, scope);
        }
        Breaker breaker = this.breakers.of(this.authorities.of(scope.route.getTargetHost()));
        Breaker.Permit permit = breaker.tryAcquire();
        if (permit == null) {
            throw this.errors.refused(request.getMethod(), scope.route, breaker.refusal());
        }
        boolean told = false;
        long start = this.ticker.nanoTime();
        try {
            CallState.of(scope.clientContext).breaker(breaker);
            ClassicHttpResponse response = chain.proceed(request, scope);
            told = true;
            long took = this.ticker.nanoTime() - start;
            if (response.getCode() < HttpStatus.SC_SERVER_ERROR) {
                permit.succeeded(took);
            } else {
                permit.failed(took, new ErrorStatusException(response.getCode()));
            }
            return response;
        } catch (IOException ex) {
            long took = this.ticker.nanoTime() - start;
            if (FailedAttempts.isOfServer(ex, scope, Duration.ofNanos(took))) {
                told = true;
                permit.failed(took, ex);
            }
            throw ex;
        } finally {
            if (!told) {
                permit.ignored();
            }
        }
    }
}

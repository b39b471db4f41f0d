// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.event.FailureAvoided;
import io.evenkeel.policy.replay.ReplayObstacle;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.replay.RequestFacts;
import io.evenkeel.transport.pool.ConnectionPool;
import io.evenkeel.transport.pool.ReplayPlace;
import io.evenkeel.transport.support.Origins;
import java.io.IOException;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a request once more when its kept connection broke and the rule allows it: at once, on a fresh connection, and
 * never a second time. A request whose connection was found unfit before its first byte was not sent at all; it goes on to
 * the next connection until one is fit. It sits inside redirects and authentication and outside of the leasing of connections.
 *
 * <p>The right to a replay travels to the pool as the user token, which is the state of the lease: nothing else that
 * HttpClient passes on to a pool can be set for a single request.
 */
public final class ReplayExec implements ExecChainHandler {

    private static final Logger log = LoggerFactory.getLogger(ReplayExec.class);

    private final ConnectionPool pool;
    private final ReplaySettings settings;
    private final ReplayErrors errors;
    private final RouteExec attempt;

    public ReplayExec(ConnectionPool pool, ReplaySettings settings, ReplayErrors errors, RouteExec attempt) {
        this.pool = pool;
        this.settings = settings;
        this.errors = errors;
        this.attempt = attempt;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpClientContext context = scope.clientContext;
        ReplayPlace place = placeFor(request, scope);
        Header[] headers = request.getHeaders();
        Object userToken = context.getUserToken();
        CallState.of(context).place(place);
        boolean free = userToken == null;
        IOException broken = null;
        try {
            while (true) {
                if (free) {
                    context.setUserToken(place);
                }
                try {
                    ClassicHttpResponse response = this.attempt.execute(request, scope, chain);
                    if (broken != null) {
                        this.pool
                                .listener()
                                .avoided(this.pool.client(), Origins.of(scope.route), FailureAvoided.REPLAYED);
                    }
                    return response;
                } catch (IOException ex) {
                    if (place.takePassOn()) {
                        requireWanted(request, scope, ex);
                        log.debug("{} {}: goes on to another connection", request.getMethod(), Origins.of(scope.route));
                    } else if (broken == null) {
                        requireReplay(place.takeVerdict(), request, scope, ex);
                        place.replays();
                        broken = ex;
                    } else {
                        ex.addSuppressed(broken);
                        throw ex;
                    }
                } catch (HttpException | RuntimeException ex) {
                    if (broken != null) {
                        ex.addSuppressed(broken);
                    }
                    throw ex;
                }
                // The request interceptors run again and refuse what they find already there.
                request.setHeaders(headers);
            }
        } finally {
            context.setUserToken(userToken);
            this.pool.endReplay(place, scope.route);
        }
    }

    /** Between a challenge and the response to it the connection stays with the call, and so does the right to replay. */
    private ReplayPlace placeFor(ClassicHttpRequest request, ExecChain.Scope scope) {
        ReplayPlace held = scope.execRuntime.isEndpointAcquired()
                ? CallState.of(scope.clientContext).place()
                : null;
        return (held != null) ? held : new ReplayPlace(this.settings, facts(request, scope));
    }

    private RequestFacts facts(ClassicHttpRequest request, ExecChain.Scope scope) {
        // Before the request interceptors: a key that one of them makes would be another one when they run again.
        Header key = request.getFirstHeader(this.settings.idempotencyHeader());
        boolean keyed =
                (key != null && key.getValue() != null && !key.getValue().isBlank())
                        || CallState.of(scope.clientContext).isDeclaredIdempotent();
        HttpEntity body = request.getEntity();
        // HttpClient has wrapped this one, and calls it repeatable until it was read.
        HttpEntity unwrapped = scope.originalRequest.getEntity();
        boolean repeatable = body == null || (body.isRepeatable() && (unwrapped == null || unwrapped.isRepeatable()));
        return new RequestFacts(request.getMethod(), keyed, repeatable);
    }

    /** @throws IOException if the request is not to be sent again */
    private void requireReplay(
            ReplayPlace.@Nullable Verdict verdict,
            ClassicHttpRequest request,
            ExecChain.Scope scope,
            IOException failure)
            throws IOException {
        if (verdict == null) {
            throw failure;
        }
        String method = request.getMethod();
        String origin = Origins.of(scope.route);
        requireWanted(request, scope, failure);
        if (verdict.decision().allowed() && CallState.of(scope.clientContext).isCircuitOpen()) {
            verdict = verdict.with(ReplayObstacle.CIRCUIT_OPEN);
        }
        if (verdict.decision().allowed()) {
            log.debug(
                    "{} {}: sent again on a fresh connection, as the kept one broke {}",
                    method,
                    origin,
                    verdict.decision().facts().sent() ? "before any response" : "before the request was sent");
            return;
        }
        if (log.isDebugEnabled()) {
            log.debug(
                    "{} {}: not sent again, as {}",
                    method,
                    origin,
                    verdict.decision().obstacles().stream()
                            .sorted()
                            .map(ReplayObstacle::text)
                            .collect(Collectors.joining(" and ")));
        }
        throw verdict.decision().connectionLost()
                ? CallState.of(scope.clientContext).lost(this.errors.lost(method, origin, verdict, failure))
                : failure;
    }

    /** @throws IOException if the call was given up */
    private static void requireWanted(ClassicHttpRequest request, ExecChain.Scope scope, IOException failure)
            throws IOException {
        if (scope.execRuntime.isExecutionAborted()
                || CallState.of(scope.clientContext).isLate()
                || Thread.currentThread().isInterrupted()) {
            log.debug(
                    "{} {}: not sent again, as {}",
                    request.getMethod(),
                    Origins.of(scope.route),
                    ReplayObstacle.ABANDONED.text());
            throw failure;
        }
    }
}

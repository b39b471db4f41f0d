// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.FailureAvoided;
import io.evenkeel.policy.ReplayRule;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a request once more when its kept connection broke and the rule allows it: at once, on a fresh connection, and
 * never a second time. It sits inside redirects and authentication and outside of the leasing of connections.
 *
 * <p>The right to a replay travels to the pool as the user token, which is the state of the lease: nothing else that
 * HttpClient passes on to a pool can be set for a single request.
 */
final class ReplayExec implements ExecChainHandler {

    private static final Logger log = LoggerFactory.getLogger(ReplayExec.class);

    private static final String ATTRIBUTE = ReplayPlace.class.getName();

    private final ConnectionPool pool;

    ReplayExec(ConnectionPool pool) {
        this.pool = pool;
    }

    static @Nullable ReplayPlace place(HttpContext context) {
        return (ReplayPlace) context.getAttribute(ATTRIBUTE);
    }

    /** Takes the token away again, once the connection is leased. */
    static void takeToken(HttpClientContext context) {
        if (context.getUserToken() instanceof ReplayPlace) {
            context.setUserToken(null);
        }
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpClientContext context = scope.clientContext;
        ReplayPlace place = placeFor(request, scope);
        Header[] headers = request.getHeaders();
        Object userToken = context.getUserToken();
        context.setAttribute(ATTRIBUTE, place);
        boolean free = userToken == null;
        try {
            if (free) {
                context.setUserToken(place);
            }
            return chain.proceed(request, scope);
        } catch (IOException ex) {
            if (!place.granted()
                    || scope.execRuntime.isExecutionAborted()
                    || Thread.currentThread().isInterrupted()) {
                throw ex;
            }
            log.debug(
                    "{} {}: the kept connection broke before any answer; sent again on a fresh one",
                    request.getMethod(),
                    Origins.of(scope.route));
            // The request interceptors run again and refuse what they find already there.
            request.setHeaders(headers);
            if (free) {
                context.setUserToken(place);
            }
            place.replays();
            ClassicHttpResponse response = replay(request, scope, chain, ex);
            this.pool.listener().avoided(this.pool.client(), Origins.of(scope.route), FailureAvoided.REPLAYED);
            return response;
        } finally {
            context.setUserToken(userToken);
            this.pool.forfeit(place, scope.route);
        }
    }

    /** Between a challenge and the answer to it the connection stays with the call, and so does the right to replay. */
    private static ReplayPlace placeFor(ClassicHttpRequest request, ExecChain.Scope scope) {
        ReplayPlace held = scope.execRuntime.isEndpointAcquired() ? place(scope.clientContext) : null;
        return (held != null) ? held : new ReplayPlace(ReplayRule.isIdempotent(request.getMethod()));
    }

    private static ClassicHttpResponse replay(
            ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain, IOException first)
            throws IOException, HttpException {
        try {
            return chain.proceed(request, scope);
        } catch (IOException | HttpException | RuntimeException ex) {
            ex.addSuppressed(first);
            throw ex;
        }
    }
}

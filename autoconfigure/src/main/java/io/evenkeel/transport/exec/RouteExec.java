// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.event.CallPhase;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.dial.Dialing;
import io.evenkeel.transport.http1.UnacceptableResponseException;
import io.evenkeel.transport.pool.ReplayPlace;
import io.evenkeel.transport.proxy.ProxyErrors;
import java.io.IOException;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Goes with a request to the connection that it is given. It names the route to the connection manager, which is told
 * an endpoint only, and takes a connection back that HttpClient forgets: one whose proxy refuses the tunnel without a
 * body ({@code ConnectExec} returns that response, as if it were the server's, and keeps the lease).
 *
 * <p>A request that answers a challenge goes out on the connection of the challenge, without a visit to the pool. What
 * the pool does between two requests is done here, then.
 */
public final class RouteExec implements ExecChainHandler {

    private final ProxyErrors proxyErrors;
    private final BoundedBodies bodies;

    public RouteExec(ProxyErrors proxyErrors, BoundedBodies bodies) {
        this.proxyErrors = proxyErrors;
        this.bodies = bodies;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpClientContext context = scope.clientContext;
        context.setRoute(scope.route);
        CallState call = CallState.of(context);
        Exchange challenged = call.exchange();
        if (challenged != null
                && scope.execRuntime.isEndpointAcquired()
                && !challenged.mayFollow(isCareful(call), isBound(context))) {
            // The place in the pool stays, and is dialed anew.
            scope.execRuntime.disconnectEndpoint();
        }
        call.exchange(null);
        Dialing.forget(context);
        if (call.isLate()) {
            throw new RequestFailedException("The time of the call was over before this request");
        }
        CallDeadline.enter(context, CallPhase.ACQUIRING);
        long start = this.bodies.now();
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            if (refuseUnfinished(context)) {
                scope.execRuntime.discardEndpoint();
                throw this.proxyErrors.tunnelRefused(scope.route, response.getCode());
            }
            this.bodies.bound(response, call, scope, start);
            return response;
        } catch (IOException ex) {
            Dialing unfinished = Dialing.current(context);
            refuseUnfinished(context);
            throw (unfinished != null && !unfinished.closedWithClient() && isOfProxy(ex, scope))
                    ? this.proxyErrors.tunnelFailed(scope.route, ex)
                    : ex;
        } catch (HttpException | RuntimeException ex) {
            refuseUnfinished(context);
            throw ex;
        } finally {
            CallDeadline.enter(context, CallPhase.PREPARING);
        }
    }

    /** A call that was given up, or a response that is none, is not the end of a connection. */
    private static boolean isOfProxy(IOException failure, ExecChain.Scope scope) {
        return !(failure instanceof UnacceptableResponseException)
                && !scope.execRuntime.isExecutionAborted()
                && !Thread.currentThread().isInterrupted();
    }

    private static boolean isCareful(CallState call) {
        ReplayPlace place = call.place();
        return place == null || !place.mayBeSentTwice();
    }

    /** What a scheme has authenticated connection by connection cannot go on with another one. */
    private static boolean isBound(HttpClientContext context) {
        return context.getAuthExchanges().values().stream().anyMatch(AuthExchange::isConnectionBased);
    }

    /** A dialing that was begun and not ended has got as far as the proxy: the tunnel does not exist. */
    private static boolean refuseUnfinished(HttpClientContext context) {
        Dialing dialing = Dialing.current(context);
        if (dialing == null) {
            return false;
        }
        dialing.refused(context);
        return true;
    }
}

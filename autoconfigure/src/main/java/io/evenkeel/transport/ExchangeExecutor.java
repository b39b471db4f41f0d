// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.policy.ExchangeFacts.Ending;
import io.evenkeel.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Sends requests and notes what happens on the wire, which an exception alone does not tell. */
final class ExchangeExecutor extends HttpRequestExecutor {

    private final String client;
    private final ConnectionListener listener;
    private final Ticker ticker;

    ExchangeExecutor(String client, ConnectionListener listener, Ticker ticker) {
        this.client = client;
        this.listener = listener;
        this.ticker = ticker;
    }

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            @Nullable HttpResponseInformationCallback informationCallback,
            HttpContext context)
            throws IOException, HttpException {
        Exchange exchange = Exchange.begin(connection, context);
        ReplayPlace place = ReplayExec.place(context);
        ClassicHttpResponse response;
        long start = this.ticker.nanoTime();
        AttemptOutcome outcome = AttemptOutcome.UNKNOWN;
        try {
            response = super.execute(request, connection, informationCallback, context);
            outcome = AttemptOutcome.ofStatus(response.getCode());
        } catch (IOException | HttpException | RuntimeException | Error ex) {
            outcome = (ex instanceof IOException || ex instanceof HttpException) ? AttemptOutcome.IO_ERROR : outcome;
            exchange.failed(ex);
            if (place != null) {
                place.exchangeEnded(exchange, exchange.facts(ex), isRepeatable(request));
            }
            throw ex;
        } finally {
            attempted(request, connection, context, outcome, start);
        }
        if (place != null
                && exchange.isGoodbye(response, keepAlive(request, response, connection, context))
                && place.exchangeEnded(exchange, exchange.facts(Ending.GOODBYE), isRepeatable(request))) {
            exchange.closedByPeer();
            throw new GoodbyeException();
        }
        return response;
    }

    /** Asked afterwards: HttpClient calls a body that can be read once repeatable as long as nobody has read it. */
    private static boolean isRepeatable(ClassicHttpRequest request) {
        HttpEntity entity = request.getEntity();
        return entity == null || entity.isRepeatable();
    }

    private void attempted(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            HttpContext context,
            AttemptOutcome outcome,
            long start) {
        HttpRoute route = (HttpRoute) HttpClientContext.cast(context).getHttpRoute();
        // A tunnel belongs to the opening of its connection. A connection that is not ours has a pool that is not ours.
        if (Method.CONNECT.isSame(request.getMethod())
                || route == null
                || !(connection instanceof PooledConnection pooled)) {
            return;
        }
        ReplayPlace place = ReplayExec.place(context);
        AttemptKind kind = (place != null && place.takeReplay()) ? AttemptKind.REPLAY : AttemptKind.FIRST;
        this.listener.attempted(
                this.client, pooled.origin(route), kind, outcome, Duration.ofNanos(this.ticker.nanoTime() - start));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.ConnectionListener;
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
        long start = this.ticker.nanoTime();
        AttemptOutcome outcome = AttemptOutcome.UNKNOWN;
        try {
            ClassicHttpResponse response = super.execute(request, connection, informationCallback, context);
            outcome = AttemptOutcome.ofStatus(response.getCode());
            return response;
        } catch (IOException | HttpException | RuntimeException | Error ex) {
            outcome = (ex instanceof IOException || ex instanceof HttpException) ? AttemptOutcome.IO_ERROR : outcome;
            exchange.failed(ex);
            ReplayPlace place = ReplayExec.place(context);
            if (place != null) {
                // Asked now: HttpClient calls a body that can be read once repeatable as long as nobody has read it.
                HttpEntity entity = request.getEntity();
                place.exchangeFailed(request.getMethod(), entity == null || entity.isRepeatable(), exchange.facts(ex));
            }
            throw ex;
        } finally {
            attempted(request, connection, context, outcome, start);
        }
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

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.ExchangeFacts.Ending;
import java.io.IOException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Sends requests and notes what happens on the wire, which an exception alone does not tell. */
final class ExchangeExecutor extends HttpRequestExecutor {

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
        try {
            response = super.execute(request, connection, informationCallback, context);
        } catch (IOException | HttpException | RuntimeException | Error ex) {
            exchange.failed(ex);
            if (place != null) {
                place.exchangeEnded(exchange, exchange.facts(ex), isRepeatable(request));
            }
            throw ex;
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
}

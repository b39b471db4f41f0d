// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Reads the request to its end, counts it, answers "ok"; on the path {@code /close} it gives up the connection. */
final class CallHandler extends Handler.Abstract.NonBlocking {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Runnable answer = () -> answer(request, response, callback);
        Content.Source.consumeAll(request, Callback.from(answer, callback::failed));
        return true;
    }

    private static void answer(Request request, Response response, Callback callback) {
        String callId = request.getHeaders().get(Upstream.CALL_ID);
        JettyServer.connectorOf(request).tally().executed(request.getMethod(), callId);
        if (Request.getPathInContext(request).equals("/close")) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
        response.write(true, StandardCharsets.US_ASCII.encode("ok"), callback);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.springframework.stereotype.Component;

/**
 * A server that answers only when all the calls it was told to expect are there at the same time; if they do not come
 * it answers 503. It holds no thread for a waiting request, and leaves idle connections open for a minute, so that the
 * connections which are left after a burst are those that the client kept.
 */
@Component
public final class GatheringUpstream extends JettyServer {

    private final Map<Side, Gathering> gatherings = new ConcurrentHashMap<>();

    GatheringUpstream() {
        super("upstream-gathering", "http", Duration.ofMinutes(1), () ->
                new ConnectionFactory[] {new HttpConnectionFactory()});
        serve(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                return join(request, response, callback);
            }
        });
    }

    /** Opens the gathering that the calls of this side to {@code path} join, in place of an earlier one. */
    public void expect(Side side, String path, int calls, Duration patience) {
        Gathering gathering = new Gathering(path, calls);
        gatherings.put(side, gathering);
        tally(side).reset();
        scheduler().schedule(() -> gathering.giveUp(), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** {@return how many calls of this side were there at the same time, at most} */
    public int present(Side side) {
        Gathering gathering = gatherings.get(side);
        return (gathering != null) ? gathering.present() : 0;
    }

    private boolean join(Request request, Response response, Callback callback) {
        Gathering gathering = gatherings.get(connectorOf(request).side());
        if (gathering == null) {
            return false;
        }
        connectorOf(request).tally().executed(request.getMethod(), null);
        gathering.join(Request.getPathInContext(request), complete -> {
            response.setStatus(complete ? 200 : 503);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
            String text = complete ? "all are here" : "gave up waiting for the others";
            response.write(true, StandardCharsets.US_ASCII.encode(text), callback);
        });
        return true;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.springframework.stereotype.Component;

/**
 * A server of fixed capacity, with workers and a queue of its own for each side. A request that finds the queue full gets a 503 at
 * once. One that is in the queue is worked for, though its caller may have left: a servlet container does not notice that either.
 */
@Component
public final class QueueingUpstream extends JettyServer {

    private final Map<Side, WorkQueue> queues = new ConcurrentHashMap<>();

    QueueingUpstream() {
        super("upstream-queueing", "http", Duration.ofMinutes(1), () ->
                new ConnectionFactory[] {new HttpConnectionFactory()});
        serve(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                take(request, response, callback);
                return true;
            }
        });
    }

    /** Opens an empty queue for this side, in place of an earlier one, and counts anew. Whoever opens it closes it. */
    public WorkQueue open(Side side, WorkQueue.Capacity capacity) {
        WorkQueue queue = new WorkQueue("upstream-queueing-" + side.id(), capacity);
        queues.put(side, queue);
        tally(side).reset();
        return queue;
    }

    private void take(Request request, Response response, Callback callback) {
        CountingConnector connector = connectorOf(request);
        connector.tally().executed(request.getMethod(), null);
        WorkQueue queue = queues.get(connector.side());
        if (queue == null || !queue.offer(() -> answer(200, "done", response, callback))) {
            answer(503, "the queue is full", response, callback);
        }
    }

    private static void answer(int status, String text, Response response, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
        response.write(true, StandardCharsets.US_ASCII.encode(text), callback);
    }
}

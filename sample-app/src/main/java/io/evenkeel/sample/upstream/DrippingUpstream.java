// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.springframework.stereotype.Component;

/**
 * A server that answers a byte every tenth of a second, so that no timeout of a single read ever ends it. The path says how many:
 * {@code /50} takes five seconds. It notes which deadline it was told, and whether somebody was left to read the last byte.
 */
@Component
public final class DrippingUpstream extends JettyServer {

    /** The header by which this application tells deadlines. */
    public static final String DEADLINE = "Expect-Within";

    private static final long TENTH_MILLIS = 100;

    private final Map<Side, String> deadlines = new ConcurrentHashMap<>();
    private final Map<Side, AtomicInteger> finished = new ConcurrentHashMap<>();

    DrippingUpstream() {
        super("upstream-dripping", "http", Duration.ofSeconds(10), () ->
                new ConnectionFactory[] {new HttpConnectionFactory()});
        serve(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Side side = connectorOf(request).side();
                connectorOf(request).tally().executed(request.getMethod(), null);
                Optional.ofNullable(request.getHeaders().get(DEADLINE)).ifPresent(value -> deadlines.put(side, value));
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
                int tenths = Integer.parseInt(Request.getPathInContext(request).substring(1));
                drip(side, tenths, response, callback);
                return true;
            }
        });
    }

    private void drip(Side side, int left, Response response, Callback callback) {
        boolean last = left <= 1;
        Runnable next = () -> scheduler()
                .schedule(() -> drip(side, left - 1, response, callback), TENTH_MILLIS, TimeUnit.MILLISECONDS);
        Runnable end = () -> {
            count(side).incrementAndGet();
            callback.succeeded();
        };
        response.write(last, ByteBuffer.wrap(new byte[] {'.'}), Callback.from(last ? end : next, callback::failed));
    }

    private AtomicInteger count(Side side) {
        return finished.computeIfAbsent(side, any -> new AtomicInteger());
    }

    /** Forgets what was before. */
    public void reset(Side side) {
        deadlines.remove(side);
        count(side).set(0);
        tally(side).reset();
    }

    /** {@return the deadline that it was told last, in seconds} */
    public Optional<String> deadline(Side side) {
        return Optional.ofNullable(deadlines.get(side));
    }

    /** {@return how many responses it has written to their last byte} */
    public int finished(Side side) {
        return count(side).get();
    }
}

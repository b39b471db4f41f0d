// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.transport.socket.LookBenchmark;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * What it costs to take a connection from a pool and to give it back, through the connection manager, as HttpClient
 * does it. Connections are real ones that have carried one exchange. Evenkeel looks at each before it hands it out, the
 * stock pools do not: {@link LookBenchmark} tells what that look is worth.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PoolBenchmark {

    private static final Timeout LIMIT = Timeout.ofSeconds(10);
    private static final TimeValue KEEP_ALIVE = TimeValue.ofMinutes(10);

    /** Whose pool. */
    public enum Kind {
        EVENKEEL,
        STRICT,
        LAX
    }

    /** Whose it is. */
    @Param
    public Kind kind;

    /** Routes that each thread uses in turn. */
    @Param({"1", "64"})
    public int routes;

    /** Further routes, with an idle connection each. */
    @Param({"0", "1000"})
    public int idle;

    private CountingServer server;
    private BenchmarkedPool pool;
    private HttpRoute[] used;

    /** Opens what the threads need, and what is to be idle: nothing is opened while time is taken. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams parameters) throws Exception {
        this.server = new CountingServer();
        this.pool = BenchmarkedPool.of(this.kind);
        this.used = new HttpRoute[this.routes];
        for (int i = 0; i < this.routes; i++) {
            this.used[i] = route("used-" + i);
            fill(this.used[i], parameters.getThreads());
        }
        for (int i = 0; i < this.idle; i++) {
            fill(route("idle-" + i), 1);
        }
    }

    private void fill(HttpRoute route, int connections) throws Exception {
        HttpClientContext context = HttpClientContext.create();
        List<ConnectionEndpoint> leased = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            leased.add(lease(route, context));
        }
        leased.forEach(endpoint -> this.pool.manager().release(endpoint, null, KEEP_ALIVE));
    }

    private HttpRoute route(String name) {
        return new HttpRoute(new HttpHost("http", InetAddress.getLoopbackAddress(), name, this.server.port()));
    }

    /** Closes all connections. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        this.pool.close();
        this.server.close();
    }

    /** One thread of the benchmark. */
    @State(Scope.Thread)
    public static class Caller {

        private final HttpClientContext context = HttpClientContext.create();
        private int next;
    }

    /** Takes a connection and gives it back. */
    @Benchmark
    public ConnectionEndpoint leaseAndRelease(Caller caller) throws Exception {
        HttpRoute route = this.used[caller.next++ % this.used.length];
        ConnectionEndpoint endpoint = lease(route, caller.context);
        this.pool.manager().release(endpoint, null, KEEP_ALIVE);
        return endpoint;
    }

    private ConnectionEndpoint lease(HttpRoute route, HttpClientContext context) throws Exception {
        HttpClientConnectionManager manager = this.pool.manager();
        ConnectionEndpoint endpoint =
                manager.lease("benchmark", route, LIMIT, null).get(LIMIT);
        if (!endpoint.isConnected()) {
            context.setRoute(route);
            manager.connect(endpoint, LIMIT, context);
            exchange(endpoint, route, context);
        }
        return endpoint;
    }

    private static void exchange(ConnectionEndpoint endpoint, HttpRoute route, HttpClientContext context)
            throws Exception {
        BasicClassicHttpRequest request = new BasicClassicHttpRequest("GET", route.getTargetHost(), "/0");
        try (ClassicHttpResponse response =
                endpoint.execute("benchmark", request, new HttpRequestExecutor()::execute, context)) {
            EntityUtils.consume(response.getEntity());
        }
    }
}

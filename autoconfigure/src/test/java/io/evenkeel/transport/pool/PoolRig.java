// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ListenerRelay;
import io.evenkeel.transport.RecordingListener;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.spec.TlsMaterial;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.util.TimeValue;

/**
 * A pool without an HTTP client, whose connections the test opens itself, and without a housekeeping thread: sweeping
 * is for the test to do. What the test does not give back, the leak check finds.
 */
public final class PoolRig {

    /** Without learning: what is idle for too long is closed, and any request may ride what is not. */
    public static final PoolLimits LIMITS = new PoolLimits(
            PoolLimits.DEFAULTS.maxSize(),
            PoolLimits.DEFAULTS.maxOverflow(),
            PoolLimits.DEFAULTS.overflowLinger(),
            PoolLimits.DEFAULTS.maxIdle(),
            PoolLimits.DEFAULTS.acquireTimeout(),
            PoolLimits.DEFAULTS.idleTimeout(),
            PoolLimits.DEFAULTS.maxIdleTimeout(),
            false,
            PoolLimits.DEFAULTS.maxLifetime());

    public final RecordingListener events = new RecordingListener();
    public final ConnectionPool pool;

    /** What is not held by anybody is taken back when the garbage collector finds out. */
    private final Queue<Acquisition> held = new ConcurrentLinkedQueue<>();

    private final Ticker time;
    private final Duration lifetime;
    private final TlsMaterial tls = new TlsMaterial(TestTls.clientContext(), null, null);

    public PoolRig(LeakCheck leaks, PoolLimits limits, Ticker time) {
        this.time = time;
        this.lifetime = limits.maxLifetime();
        this.pool = new ConnectionPool(
                "rig",
                "evenkeel",
                limits,
                time,
                ListenerRelay.to(this.events),
                new Housekeeper(time, () -> false, () -> {}),
                new LeakDetector(time));
        leaks.watchLeases("pool of the test", this::active);
        leaks.closeAfter(this.pool::close);
    }

    public static PoolLimits limits(int maxSize, int maxOverflow) {
        return limits(maxSize, maxOverflow, LIMITS.overflowLinger(), LIMITS.maxIdle());
    }

    public static PoolLimits limits(int maxSize, int maxOverflow, Duration linger, int maxIdle) {
        return new PoolLimits(
                maxSize,
                maxOverflow,
                linger,
                maxIdle,
                LIMITS.acquireTimeout(),
                LIMITS.idleTimeout(),
                LIMITS.maxIdleTimeout(),
                LIMITS.learnIdleTimeout(),
                LIMITS.maxLifetime());
    }

    public static HttpRoute route(ScriptedServer server) {
        return route("127.0.0.1", server.port());
    }

    public static HttpRoute route(String host, int port) {
        return new HttpRoute(new HttpHost("http", host, port));
    }

    public static HttpRoute route(String host) {
        return route(host, 80);
    }

    public PoolEntry<HttpRoute, ManagedHttpClientConnection> acquire(HttpRoute route) throws Exception {
        return acquire(new Acquisition(this.pool, route, null));
    }

    public PoolEntry<HttpRoute, ManagedHttpClientConnection> acquire(Acquisition acquisition) throws Exception {
        this.held.add(acquisition);
        return acquisition.get(5, TimeUnit.SECONDS);
    }

    /** Acquires an entry and opens a connection to the route, unless it has one. */
    public PoolEntry<HttpRoute, ManagedHttpClientConnection> open(HttpRoute route) throws Exception {
        PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = acquire(route);
        if (!entry.hasConnection()) {
            connect(entry);
        }
        return entry;
    }

    public List<PoolEntry<HttpRoute, ManagedHttpClientConnection>> open(HttpRoute route, int count) throws Exception {
        List<PoolEntry<HttpRoute, ManagedHttpClientConnection>> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(open(route));
        }
        return entries;
    }

    public PooledConnection connect(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) throws IOException {
        return connect(entry, SocketChannel.open().socket());
    }

    public PooledConnection connect(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, Socket socket)
            throws IOException {
        PooledConnection connection = new PooledConnection(
                "rig",
                Http1Config.DEFAULT,
                ResponseLimits.DEFAULTS,
                this.time,
                new ConnectionHistory(this.time, this.lifetime.toNanos(), this.tls.generation()));
        HttpHost host = entry.getRoute().getTargetHost();
        socket.connect(new InetSocketAddress(host.getHostName(), host.getPort()));
        connection.bind(socket);
        entry.assignConnection(connection);
        return connection;
    }

    /** Gives it back as HttpClient does after an answer without a hint. */
    public void release(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        entry.updateExpiry(TimeValue.of(LIMITS.idleTimeout()));
        this.pool.release(entry, true);
    }

    /** Replaces the TLS material of the connections that are there. */
    void reload() {
        this.tls.replace(TestTls.clientContext(), null, null);
    }

    public void sweep() {
        this.pool.sweep(this.time.nanoTime(), Long.MAX_VALUE, new ArrayList<>());
    }

    int active() {
        return sum(RouteSnapshot::active);
    }

    int idle() {
        return sum(RouteSnapshot::idle);
    }

    public int pending() {
        return sum(RouteSnapshot::pending);
    }

    private int sum(ToIntFunction<RouteSnapshot> count) {
        return this.pool.snapshot().routes().stream().mapToInt(count).sum();
    }
}

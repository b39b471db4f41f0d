// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.pool.Acquisition;
import io.evenkeel.transport.pool.ConnectionPool;
import io.evenkeel.transport.pool.Housekeeper;
import io.evenkeel.transport.pool.LeakDetector;
import io.evenkeel.transport.pool.PoolRig;
import io.evenkeel.transport.socket.GuardedSocket;
import io.evenkeel.transport.socket.Liveness;
import io.evenkeel.transport.spec.AddressFilter;
import io.evenkeel.transport.spec.ClientSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HousekeeperTests {

    /** What is not held by anybody is taken back when the garbage collector finds out. */
    private final List<Acquisition> held = new ArrayList<>();

    /** What a connection has to be idle for until it is watched, and a bit. Nothing tells that it is. */
    private static final Duration WATCHED = Duration.ofMillis(600);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void oneDaemonThreadServesAllPools() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        CloseableHttpClient second = client.another(TestClient.Settings.DEFAULTS);
        client.get(server.uri("/"));

        assertThat(client.pools.snapshot()).hasSize(2);
        assertThat(threads())
                .singleElement()
                .satisfies(thread -> assertThat(thread.isDaemon()).isTrue());
        Reference.reachabilityFence(second);
    }

    @Test
    void theThreadEndsWithThePools() {
        TestClient client = TestClient.withDefaults(this.leaks);
        assertThat(threads()).hasSize(1);

        client.close();

        assertThat(threads()).isEmpty();
    }

    @Test
    void theThreadEndsWhenNobodyHoldsAPoolAnyMore() throws Exception {
        ConnectionPools pools = new ConnectionPools(Ticker.SYSTEM, ConnectionListener.NONE);
        this.leaks.closeAfter(pools);
        List<ConnectionPool> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(pools.pool(spec(new AddressFilter(new Object(), address -> true)), false));
        }
        assertThat(threads()).hasSize(1);

        held.clear();

        eventually("the thread ends", () -> {
            System.gc();
            pools.snapshot();
            return threads().isEmpty();
        });
    }

    @Test
    void aPoolThatComesWhileTheThreadEndsGetsAThreadOfItsOwnAndOnlyOne() throws Exception {
        // Needed, not needed, and needed again right behind.
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Housekeeper housekeeper =
                new Housekeeper(Ticker.SYSTEM, () -> !over.get() && asked.incrementAndGet() != 2, () -> {});
        this.leaks.closeAfter(() -> {
            over.set(true);
            housekeeper.awaitEnd();
        });

        housekeeper.start();
        housekeeper.wake();
        eventually("the thread ends", () -> {
            housekeeper.wake();
            return threads().isEmpty();
        });
        housekeeper.start();

        assertThat(threads()).hasSize(1);
    }

    @Test
    void theThreadInheritsNothingFromWhoBuiltTheFirstClient() throws Exception {
        AtomicInteger inherited = new AtomicInteger();
        InheritableThreadLocal<String> ofTheRequest = new InheritableThreadLocal<>() {
            @Override
            protected String childValue(String parent) {
                inherited.incrementAndGet();
                return parent;
            }
        };
        ClassLoader ofTheWebApplication = new ClassLoader() {};
        AtomicBoolean over = new AtomicBoolean();
        Housekeeper housekeeper = new Housekeeper(Ticker.SYSTEM, () -> !over.get(), () -> {});
        Thread builder = new Thread(() -> {
            ofTheRequest.set("secret");
            Thread.currentThread().setContextClassLoader(ofTheWebApplication);
            housekeeper.start();
        });
        builder.start();
        builder.join();

        assertThat(threads())
                .singleElement()
                .satisfies(thread -> assertThat(thread.getContextClassLoader()).isNotSameAs(ofTheWebApplication));
        assertThat(inherited).hasValue(0);
        over.set(true);
        housekeeper.awaitEnd();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCloseOfThePeerIsNoticedWithoutARequest(boolean tls) throws Exception {
        ScriptedServer server = this.leaks.server((tls ? ScriptedServer.https() : ScriptedServer.http()).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));

        server.closeConnections();

        awaitClosed(client);
        // The close_notify of TLS may be there before the FIN is.
        assertThat(client.events.closed)
                .singleElement()
                .isIn(CloseReason.EOF, CloseReason.RESET, CloseReason.UNSOLICITED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCloseOfThePeerIsNoticedWhileTheConnectionIsWatched(boolean tls) throws Exception {
        ScriptedServer server = this.leaks.server((tls ? ScriptedServer.https() : ScriptedServer.http()).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));
        Thread.sleep(WATCHED.toMillis());

        server.closeConnections();

        awaitClosed(client);
        // The close_notify of TLS may be there before the FIN is.
        assertThat(client.events.closed)
                .singleElement()
                .isIn(CloseReason.EOF, CloseReason.RESET, CloseReason.UNSOLICITED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResetOfThePeerIsNoticedWithoutARequest(boolean tls) throws Exception {
        ScriptedServer server = this.leaks.server((tls ? ScriptedServer.https() : ScriptedServer.http()).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));

        server.resetConnections();

        awaitClosed(client);
        assertThat(client.events.closed).singleElement().isIn(CloseReason.RESET, CloseReason.EOF);
    }

    @Test
    void aConnectionThatWasWatchedIsClosedAtOnceThoughItsSelectorIsAsleep() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, new VirtualTime());
        var entry = rig.open(PoolRig.route(server));
        PooledConnection connection = (PooledConnection) entry.getConnection();
        try (Selector selector = Selector.open()) {
            connection.park();
            connection.idleWatch().register(selector);
            Thread asleep = new Thread(() -> {
                try {
                    while (selector.isOpen()) {
                        selector.select(20_000);
                    }
                } catch (IOException | ClosedSelectorException ex) {
                    // The end of the test.
                }
            });
            asleep.start();
            eventually(
                    "the selector is asleep",
                    () -> Stream.of(asleep.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("select")));
            connection.resume();

            rig.pool.release(entry, false);

            // The channel is closed only when the selector has let go of it.
            server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        }
    }

    @Test
    void theServerSeesTheCloseOfAConnectionThatWasWatchedBeforeItsSelectorDoes() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, new VirtualTime());
        var entry = rig.acquire(PoolRig.route(server));
        PooledConnection connection = rig.connect(entry, GuardedSocket.open(Ticker.SYSTEM));
        try (Selector nobodySelects = Selector.open()) {
            connection.park();
            connection.idleWatch().register(nobodySelects);
            connection.resume();

            rig.pool.release(entry, false);

            server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        }
    }

    @Test
    void aConnectionIsNotTakenForWatchedByASelectorThatFailed() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, new VirtualTime());
        var entry = rig.open(PoolRig.route(server));
        PooledConnection connection = (PooledConnection) entry.getConnection();
        connection.park();
        try (Selector selector = Selector.open()) {
            connection.idleWatch().register(selector);
            assertThat(connection.idleWatch().isWatched()).isTrue();
        }

        // Its silence would be taken for a sign of life.
        assertThat(connection.idleWatch().isWatched()).isFalse();
        rig.pool.release(entry, false);
    }

    @Test
    void anExceptionOfOnePoolDoesNotConcernTheOthers() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger failures = new AtomicInteger();
        Housekeeper housekeeper = new Housekeeper(Ticker.SYSTEM, () -> !over.get(), () -> {});
        this.leaks.closeAfter(() -> {
            over.set(true);
            housekeeper.awaitEnd();
        });
        Ticker failing = () -> {
            if (Thread.currentThread().getName().equals(Housekeeper.THREAD_NAME) && !over.get()) {
                failures.incrementAndGet();
                throw new AssertionError("a failure of this pool");
            }
            return System.nanoTime();
        };
        List<ConnectionPool> pools = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            // A sweep asks the ticker of its pool only where it closes something.
            ConnectionPool pool = new ConnectionPool(
                    "pool " + i,
                    "evenkeel",
                    PoolRig.LIMITS,
                    (i % 2 == 0) ? failing : Ticker.SYSTEM,
                    new RecordingListener(),
                    housekeeper,
                    new LeakDetector(Ticker.SYSTEM));
            this.leaks.closeAfter(pool::close);
            pools.add(pool);
            idle(pool, server);
        }
        housekeeper.start();
        pools.forEach(pool -> housekeeper.wakeBy(pool, System.nanoTime()));

        eventually(
                "the other pools are looked after",
                () -> !pools.get(1).hasIdle() && !pools.get(3).hasIdle());
        assertThat(failures.get()).isPositive();
        assertThat(threads()).hasSize(1);
    }

    @Test
    void aThreadThatCannotBeStartedIsStartedAtTheNextUse() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        AtomicLong later = new AtomicLong();
        Ticker ticker = () -> System.nanoTime() + later.get();
        Housekeeper housekeeper = new Housekeeper(ticker, () -> !over.get(), () -> {}, thread -> {
            if (refused.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            thread.start();
        });
        this.leaks.closeAfter(() -> {
            over.set(true);
            housekeeper.awaitEnd();
        });
        housekeeper.start();
        assertThat(threads()).isEmpty();
        ConnectionPool pool = new ConnectionPool(
                "pool",
                "evenkeel",
                PoolRig.LIMITS,
                ticker,
                new RecordingListener(),
                housekeeper,
                new LeakDetector(ticker));
        this.leaks.closeAfter(pool::close);
        // Not at each call of a busy client.
        idle(pool, server);
        assertThat(refused).hasValue(1);
        later.set(TimeUnit.SECONDS.toNanos(1));

        idle(pool, server);

        assertThat(threads()).hasSize(1);
        server.closeConnections();
        eventually("what the server closed is seen", () -> !pool.hasIdle());
    }

    @Test
    void anInterruptOfTheThreadIsForgotten() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));
        Thread housekeeper = threads().get(0);

        housekeeper.interrupt();

        eventually("the flag is cleared", () -> !housekeeper.isInterrupted());
        server.closeConnections();
        awaitClosed(client);
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheCare() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        ConnectionPools pools = new ConnectionPools(Ticker.SYSTEM, new ConnectionListener() {
            @Override
            public void closed(String client, String route, CloseReason reason, Duration age) {
                throw new AssertionError("a listener's own");
            }

            @Override
            public void acquired(String client, String route, AcquireResult result, Duration waited) {
                throw new IllegalStateException("a listener's own");
            }
        });
        this.leaks.closeAfter(pools);
        ConnectionPool pool = pools.pool(spec(null), false);
        for (int i = 0; i < 2; i++) {
            idle(pool, server);
            eventually("the connection is released", Duration.ofSeconds(1), () -> !pool.hasIdle());
        }
    }

    @Test
    void aConnectionIsReadAsBeforeAfterItsRegistrationFailed() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, new VirtualTime());
        var entry = rig.open(PoolRig.route(server));
        PooledConnection connection = (PooledConnection) entry.getConnection();
        SocketChannel channel = connection.getSocket().getChannel();
        try (Selector selector = Selector.open()) {
            connection.park();
            connection.idleWatch().register(selector);
            connection.resume();
            connection.park();

            // The key of the first time is not cleared yet: so it is when a request comes in between.
            connection.idleWatch().register(selector);
            assertThat(channel.isBlocking()).isTrue();

            assertThat(connection.resume()).isEqualTo(Liveness.ALIVE);
            assertThat(channel.isBlocking()).isTrue();
        }
        rig.release(entry);
    }

    @Test
    void aConnectionIsWatchedAgainAfterASelectorHasFailed() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, new VirtualTime());
        var entry = rig.open(PoolRig.route(server));
        PooledConnection connection = (PooledConnection) entry.getConnection();
        connection.park();
        try (Selector failed = Selector.open()) {
            connection.idleWatch().register(failed);
        }

        try (Selector next = Selector.open()) {
            connection.idleWatch().register(next);

            assertThat(next.keys()).hasSize(1);
            assertThat(connection.resume()).isEqualTo(Liveness.ALIVE);
        }
        rig.release(entry);
    }

    @Test
    void aThousandIdleConnectionsAreWatched() throws Exception {
        CountingServer server = this.leaks.closeAfter(new CountingServer());
        this.leaks.port(server.port());
        ConnectionPools pools = new ConnectionPools(Ticker.SYSTEM, ConnectionListener.NONE);
        this.leaks.closeAfter(pools);
        ClientSpec defaults = spec(null);
        ConnectionPool pool = pools.pool(
                new ClientSpec(
                        defaults.client(),
                        defaults.keyPrefix(),
                        PoolRig.limits(1000, 0, Duration.ZERO, 1000),
                        TimeLimits.DEFAULTS,
                        ReplaySettings.DEFAULTS,
                        RetrySettings.DEFAULTS,
                        null,
                        ResponseLimits.DEFAULTS,
                        null,
                        null,
                        ProxySettings.NONE,
                        defaults.connectTimeout(),
                        defaults.readTimeout(),
                        true),
                false);
        HttpRoute route = PoolRig.route("127.0.0.1", server.port());
        List<PoolEntry<HttpRoute, ManagedHttpClientConnection>> entries = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            entries.add(connect(pool, route, 30_000));
        }
        entries.forEach(entry -> pool.release(entry, true));
        Thread.sleep(1000);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long id = threads().get(0).getId();
        long cpu = threads.getThreadCpuTime(id);
        long start = System.nanoTime();

        Thread.sleep(2000);

        double share = 100.0 * (threads.getThreadCpuTime(id) - cpu) / (System.nanoTime() - start);
        System.out.printf("The care for 1000 idle connections takes %.3f %% of a core%n", share);
        server.close();
        eventually("all are released", Duration.ofSeconds(2), () -> !pool.hasIdle());
    }

    private void idle(ConnectionPool pool, ScriptedServer server) throws Exception {
        pool.release(connect(pool, PoolRig.route(server), 400), true);
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> connect(
            ConnectionPool pool, HttpRoute route, long idleMillis) throws Exception {
        Acquisition acquisition = new Acquisition(pool, route, null);
        this.held.add(acquisition);
        var entry = acquisition.get();
        PooledConnection connection = new PooledConnection(
                "test",
                Http1Config.DEFAULT,
                ResponseLimits.DEFAULTS,
                Ticker.SYSTEM,
                new ConnectionHistory(Ticker.SYSTEM, Long.MAX_VALUE / 4, null));
        SocketChannel channel = SocketChannel.open(
                new InetSocketAddress("127.0.0.1", route.getTargetHost().getPort()));
        connection.bind(channel.socket());
        entry.assignConnection(connection);
        entry.updateExpiry(TimeValue.ofMilliseconds(idleMillis));
        return entry;
    }

    private static ClientSpec spec(AddressFilter filter) {
        return new ClientSpec(
                "default",
                "evenkeel",
                PoolRig.LIMITS,
                TimeLimits.DEFAULTS,
                ReplaySettings.DEFAULTS,
                RetrySettings.DEFAULTS,
                null,
                ResponseLimits.DEFAULTS,
                null,
                filter,
                ProxySettings.NONE,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                true);
    }

    static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(Housekeeper.THREAD_NAME) && thread.isAlive())
                .toList();
    }

    /** It is taken out of the pool before the listener is told. */
    private static void awaitClosed(TestClient client) throws Exception {
        eventually(
                "the connection is released",
                Duration.ofSeconds(5),
                () -> client.idle() == 0 && !client.events.closed.isEmpty());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.LeakCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rule 1, whatever the traffic. The servers do the counting. */
class PoolInvariantTests {

    private static final int ROUTES = 3;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void noRouteHasMoreConnectionsThanItMayHaveAndAtRestExactlyThoseThatAreKept() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(24);
        this.leaks.closeAfter(callers::shutdownNow);
        holds(callers, 24, 2, 4, Duration.ofMillis(30));
    }

    @Test
    void aStrictPoolHoldsItsSizeToo() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(24);
        this.leaks.closeAfter(callers::shutdownNow);
        holds(callers, 24, 3, 0, Duration.ofMillis(30));
    }

    @Test
    void withoutLingerItHoldsToo() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(24);
        this.leaks.closeAfter(callers::shutdownNow);
        holds(callers, 24, 1, 4, Duration.ZERO);
    }

    @Test
    void itHoldsForVirtualThreads() throws Exception {
        ExecutorService callers;
        try {
            callers = (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException ex) {
            assumeTrue(false, "No virtual threads in this Java");
            return;
        }
        this.leaks.closeAfter(callers::shutdownNow);
        holds(callers, 60, 2, 4, Duration.ofMillis(30));
    }

    private void holds(ExecutorService callers, int count, int maxSize, int maxOverflow, Duration linger)
            throws Exception {
        List<CountingServer> servers = new ArrayList<>();
        for (int i = 0; i < ROUTES; i++) {
            servers.add(this.leaks.closeAfter(new CountingServer()));
        }
        PoolLimits d = PoolLimits.DEFAULTS;
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.limits(new PoolLimits(
                        maxSize,
                        maxOverflow,
                        linger,
                        d.maxIdle(),
                        Duration.ofSeconds(30),
                        d.idleTimeout(),
                        d.maxIdleTimeout(),
                        d.learnIdleTimeout(),
                        d.maxLifetime())));
        Queue<String> violations = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long seed = i;
            work.add(callers.submit(() -> {
                Random random = new Random(seed);
                for (int n = 0; n < 25; n++) {
                    CountingServer server = servers.get(random.nextInt(ROUTES));
                    int length = random.nextInt(4) == 0 ? random.nextInt(15) : 0;
                    String path = length + (random.nextInt(6) == 0 ? "/close" : "");
                    client.get(server.uri("127.0.0.1", path));
                }
                return null;
            }));
        }
        Thread watcher = new Thread(() -> {
            while (!over.get()) {
                for (PoolSnapshot pool : client.pools.snapshot()) {
                    for (RouteSnapshot route : pool.routes()) {
                        check(route, maxSize + maxOverflow, violations);
                    }
                }
                Thread.yield();
            }
        });
        watcher.start();
        for (Future<?> each : work) {
            each.get(60, TimeUnit.SECONDS);
        }
        over.set(true);
        watcher.join();

        assertThat(violations).isEmpty();
        for (CountingServer server : servers) {
            assertThat(server.mostOpen()).isLessThanOrEqualTo(maxSize + maxOverflow);
            // The last requests may have left fewer than are kept, by /close.
            eventually("only those that are kept are left", () -> server.openNow() <= maxSize);
        }
        assertThat(client.pending()).isZero();
        fillUp(client, servers, callers, maxSize);
    }

    /** At rest after a burst, exactly those that are kept are left. */
    private static void fillUp(TestClient client, List<CountingServer> servers, ExecutorService callers, int maxSize)
            throws Exception {
        for (CountingServer server : servers) {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < maxSize + 2; i++) {
                work.add(callers.submit(() -> client.get(server.uri(60))));
            }
            for (Future<?> each : work) {
                each.get(60, TimeUnit.SECONDS);
            }
        }
        for (CountingServer server : servers) {
            eventually("exactly those that are kept are left", () -> server.openNow() == maxSize);
        }
        assertThat(client.idle()).isEqualTo(maxSize * servers.size());
    }

    private static void check(RouteSnapshot route, int most, Queue<String> violations) {
        if (route.active() + route.idle() > most) {
            violations.add("More than may be open: " + route);
        }
        if (route.pending() > 0 && route.idle() > 0) {
            violations.add("Somebody waits while a connection is idle: " + route);
        }
    }
}

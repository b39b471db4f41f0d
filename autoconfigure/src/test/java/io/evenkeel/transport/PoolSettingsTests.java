// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.transport.pool.PoolRig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What each setting of a pool changes on the wire, in real time. */
class PoolSettingsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void asManyAreKeptAsMaxSizeSays() throws Exception {
        CountingServer server = server();
        TestClient client = client(limits(3, 7, Duration.ofMillis(100)));

        burst(client, server, 8);

        eventually("three are left", () -> server.openNow() == 3);
        assertThat(server.accepted()).isEqualTo(8);
    }

    @Test
    void surplusIsUsedAgainWithinTheLinger() throws Exception {
        CountingServer server = server();
        TestClient client = client(limits(1, 9, Duration.ofSeconds(3)));

        burst(client, server, 5);
        burst(client, server, 5);

        assertThat(server.accepted()).isEqualTo(5);
    }

    @Test
    void surplusIsClosedWhenTheLingerIsOver() throws Exception {
        CountingServer server = server();
        TestClient client = client(limits(1, 9, Duration.ofMillis(400)));
        burst(client, server, 5);
        long returned = System.nanoTime();

        eventually("one is left", () -> server.openNow() == 1);

        assertThat(Duration.ofNanos(System.nanoTime() - returned))
                .isBetween(Duration.ofMillis(300), Duration.ofMillis(1200));
    }

    @Test
    void withoutLingerAndWithoutSizeABurstRunsAndIsClosedOnReturn() throws Exception {
        CountingServer server = server();
        TestClient client = client(limits(0, 10, Duration.ZERO));

        burst(client, server, 10);

        assertThat(client.idle()).isZero();
        assertThat(server.mostOpen()).isEqualTo(10);
        eventually("none is left", Duration.ofMillis(500), () -> server.openNow() == 0);
    }

    @Test
    void aStrictPoolNeverHasMoreThanItsSize() throws Exception {
        CountingServer server = server();
        TestClient client = client(limits(2, 0, Duration.ofMillis(500)));

        burst(client, server, 8);

        assertThat(server.mostOpen()).isEqualTo(2);
        assertThat(server.accepted()).isEqualTo(2);
    }

    @Test
    void theIdleTimeoutClosesWhenItIsDue() throws Exception {
        CountingServer server = server();
        PoolLimits d = PoolLimits.DEFAULTS;
        TestClient client = client(new PoolLimits(
                1,
                9,
                d.overflowLinger(),
                d.maxIdle(),
                d.acquireTimeout(),
                Duration.ofMillis(500),
                d.maxIdleTimeout(),
                false,
                d.maxLifetime()));
        client.get(server.uri(0));
        long returned = System.nanoTime();

        eventually("it is closed", () -> server.openNow() == 0);

        assertThat(Duration.ofNanos(System.nanoTime() - returned))
                .isBetween(Duration.ofMillis(450), Duration.ofMillis(1200));
        // The server sees the end before anybody here is told.
        eventually("it is told", () -> !client.events.closed.isEmpty());
        assertThat(client.events.closed).containsExactly(CloseReason.IDLE);
    }

    @Test
    void theLifetimeEndsAConnectionThatIsInSteadyUse() throws Exception {
        CountingServer server = server();
        PoolLimits d = PoolLimits.DEFAULTS;
        TestClient client = client(new PoolLimits(
                1,
                9,
                d.overflowLinger(),
                d.maxIdle(),
                d.acquireTimeout(),
                d.idleTimeout(),
                d.maxIdleTimeout(),
                false,
                Duration.ofMillis(600)));
        long start = System.nanoTime();
        while (server.accepted() < 2) {
            client.get(server.uri(1));
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(530), Duration.ofMillis(1500));
        assertThat(client.events.closed).containsExactly(CloseReason.MAX_LIFETIME);
    }

    private CountingServer server() {
        CountingServer server = this.leaks.closeAfter(new CountingServer());
        this.leaks.port(server.port());
        return server;
    }

    private TestClient client(PoolLimits limits) {
        return TestClient.with(this.leaks, settings -> settings.limits(limits));
    }

    private static PoolLimits limits(int maxSize, int maxOverflow, Duration linger) {
        return PoolRig.limits(maxSize, maxOverflow, linger, 200);
    }

    private void burst(TestClient client, CountingServer server, int calls) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(calls);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                running.add(callers.submit(() -> client.get(server.uri(150))));
            }
            for (Future<?> each : running) {
                each.get(20, TimeUnit.SECONDS);
            }
        } finally {
            callers.shutdown();
        }
    }
}

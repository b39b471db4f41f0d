// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrentEventsTests {

    private static final int THREADS = 8;

    private static final int ROUTES = 200;

    private final MeteredPools pools = new MeteredPools();

    private final ConnectionMeters meters = new ConnectionMeters(this.pools, true, 50, this.pools);

    private final SimpleMeterRegistry registry = ConnectionMetersTests.simpleRegistry();

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        this.threads.shutdownNow();
    }

    @Test
    void noEventIsLostAndNoneCountedTwice() throws Exception {
        this.meters.bindTo(this.registry);

        inParallel(thread -> {
            for (int i = 0; i < 10_000; i++) {
                String route = "https://h%d.example.com".formatted((i * 7 + thread) % ROUTES);
                this.meters.acquired("payments", route, AcquireResult.values()[i % 4], Duration.ofMillis(1));
                this.meters.closed("payments", route, CloseReason.values()[i % 10], Duration.ofMillis(1));
            }
        });

        assertThat(count("evenkeel.connections.acquire")).isEqualTo(THREADS * 10_000);
        assertThat(count("evenkeel.connections.lifetime")).isEqualTo(THREADS * 10_000);
        assertThat(this.registry.get("evenkeel.connections.pending").meters()).hasSize(51);
    }

    @Test
    void noEventIsLostToARouteThatIsRemovedMeanwhile() throws Exception {
        // Collected, as the registry forgets them with what they had counted.
        List<Timer> gone = new ArrayList<>();
        this.registry.config().onMeterRemoved(meter -> {
            if (meter instanceof Timer timer) {
                synchronized (gone) {
                    gone.add(timer);
                }
            }
        });
        this.meters.bindTo(this.registry);
        // No hour passes in the middle of an event; what races is the events after the hour and the purge.
        ReadWriteLock time = new ReentrantReadWriteLock();
        Lock event = time.readLock();
        Lock leap = time.writeLock();

        inParallel(thread -> {
            for (int i = 0; i < 2_000; i++) {
                String route = "https://h%d.example.com".formatted(i % 60);
                event.lock();
                try {
                    this.meters.acquired("payments", route, AcquireResult.REUSED, Duration.ZERO);
                } finally {
                    event.unlock();
                }
                if (thread == 0 && i % 20 == 0) {
                    leap.lock();
                    try {
                        this.pools.advance(SeriesTable.KEPT.plusSeconds(1));
                    } finally {
                        leap.unlock();
                    }
                }
            }
        });

        // Read at the end: a count that came after the removal would be lost to any reader of the registry.
        long inRegistry = count("evenkeel.connections.acquire");
        long inRemoved = gone.stream().mapToLong(Timer::count).sum();
        assertThat(gone).isNotEmpty();
        assertThat(inRegistry + inRemoved).isEqualTo(THREADS * 2_000);
    }

    @Test
    void noEventOfAClientIsLostAndNoneCountedTwice() throws Exception {
        this.meters.bindTo(this.registry);

        inParallel(thread -> {
            for (int i = 0; i < 10_000; i++) {
                String client = "client-" + (i % 5);
                String route = "https://h%d.example.com".formatted((i * 7 + thread) % ROUTES);
                AttemptKind kind = AttemptKind.values()[i % 2];
                AttemptOutcome outcome = AttemptOutcome.values()[i % 7];
                this.meters.attempted(client, route, kind, outcome, Duration.ofMillis(1));
                this.meters.failed(client, route, FailureReason.values()[i % 15]);
                this.meters.avoided(client, route, FailureAvoided.values()[i % 2]);
            }
        });

        assertThat(count("evenkeel.attempts")).isEqualTo(THREADS * 10_000);
        assertThat(counted("evenkeel.failures")).isEqualTo(THREADS * 10_000);
        assertThat(counted("evenkeel.failures.avoided")).isEqualTo(THREADS * 10_000);
        assertThat(this.registry.get("evenkeel.attempts").meters()).hasSize(5 * 14);
    }

    @Test
    void noEventIsLostToAClientThatIsRemovedMeanwhile() throws Exception {
        List<Counter> gone = new ArrayList<>();
        this.registry.config().onMeterRemoved(meter -> {
            if (meter instanceof Counter counter && counter.getId().getName().equals("evenkeel.failures")) {
                synchronized (gone) {
                    gone.add(counter);
                }
            }
        });
        this.meters.bindTo(this.registry);
        ReadWriteLock time = new ReentrantReadWriteLock();

        inParallel(thread -> {
            for (int i = 0; i < 2_000; i++) {
                time.readLock().lock();
                try {
                    this.meters.failed("client-" + (i % 60), "https://api.example.com", FailureReason.DNS);
                } finally {
                    time.readLock().unlock();
                }
                if (thread == 0 && i % 20 == 0) {
                    time.writeLock().lock();
                    try {
                        this.pools.advance(SeriesTable.KEPT.plusSeconds(1));
                    } finally {
                        time.writeLock().unlock();
                    }
                }
            }
        });

        double inRemoved = gone.stream().mapToDouble(Counter::count).sum();
        assertThat(gone).isNotEmpty();
        assertThat(counted("evenkeel.failures") + inRemoved).isEqualTo(THREADS * 2_000);
    }

    @Test
    void closingWhileEventsArriveLeavesNoMeters() throws Exception {
        this.meters.bindTo(this.registry);

        inParallel(thread -> {
            for (int i = 0; i < 2_000; i++) {
                ConnectionMetersTests.fireEverything(
                        this.meters, "payments", "https://h%d.example.com".formatted(i % ROUTES));
                if (thread == 0 && i == 1_000) {
                    this.meters.close();
                }
            }
        });

        assertThat(this.registry.getMeters()).isEmpty();
    }

    private long count(String name) {
        return this.registry.get(name).timers().stream().mapToLong(Timer::count).sum();
    }

    private double counted(String name) {
        return this.registry.get(name).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private void inParallel(IntConsumer work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            running.add(this.threads.submit(() -> {
                start.await();
                work.accept(thread);
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get(60, TimeUnit.SECONDS);
        }
    }
}

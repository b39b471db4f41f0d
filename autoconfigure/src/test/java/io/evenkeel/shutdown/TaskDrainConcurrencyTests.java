// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** A drain that races the tasks it waits for, in real time: it must not end before the last one. */
class TaskDrainConcurrencyTests {

    private final List<Workload> workloads = new ArrayList<>();
    private final List<ExecutorService> pools = new ArrayList<>();

    @AfterEach
    void shutDown() {
        this.pools.forEach(ExecutorService::shutdownNow);
    }

    @Test
    void aTaskThatIsHandedBackAndForthIsNotMissedBetweenTwoLooks() {
        handedOn(4_000, pool("a", 1), simple("b"));
    }

    @Test
    void norBetweenPoolsOfWhichOnlyTheirNumbersTell() {
        handedOn(20_000, untracked("a"), untracked("b"), untracked("c"));
    }

    @Test
    void aTaskThatSubmitsItselfForEverIsStoppedAtTheEndOfTheBudget() {
        ThreadPoolTaskExecutor executor = pool("endless", 1);
        AtomicInteger rounds = new AtomicInteger();
        Runnable endless = new Runnable() {
            @Override
            public void run() {
                rounds.incrementAndGet();
                LockSupport.parkNanos(1_000_000);
                executor.execute(this);
            }
        };
        executor.execute(endless);

        List<Interruption> interruptions = drain(Duration.ofMillis(200));

        assertThat(interruptions).extracting(Interruption::executor).containsExactly("endless");
        DrainRig.await(
                "its thread has ended", () -> executor.getThreadPoolExecutor().isTerminated());
        assertThat(interruptions.get(0).done()).isBetween(1L, rounds.longValue());
    }

    /** Each task submits two more, to any of the executors, down to the last of so many levels. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void allTasksOfATreeAreWaitedFor(int threads) {
        Executor[] executors = {pool("a", threads), simple("b"), untracked("c"), pool("d", threads)};
        AtomicInteger done = new AtomicInteger();
        tree(executors, 0, 10, done);

        assertThat(drain()).isEmpty();

        assertThat(done).hasValue((1 << 11) - 1);
    }

    private static void tree(Executor[] executors, int number, int levels, AtomicInteger done) {
        executors[number % executors.length].execute(() -> {
            if (levels > 0) {
                tree(executors, number + 1, levels - 1, done);
                LockSupport.parkNanos(20_000);
                tree(executors, number + 2, levels - 1, done);
            }
            done.incrementAndGet();
        });
    }

    private void handedOn(int times, Executor... executors) {
        AtomicInteger hops = new AtomicInteger();
        Runnable hop = new Runnable() {
            @Override
            public void run() {
                int number = hops.incrementAndGet();
                if (number < times) {
                    executors[number % executors.length].execute(this);
                }
            }
        };
        executors[0].execute(hop);

        assertThat(drain()).isEmpty();

        assertThat(hops).hasValue(times);
    }

    private List<Interruption> drain() {
        return drain(Duration.ofSeconds(60));
    }

    private List<Interruption> drain(Duration timeout) {
        Deadline deadline = Deadline.after(timeout, Ticker.SYSTEM);
        return new TaskDrain(deadline, Ticker.SYSTEM, LockSupport::parkNanos, () -> {}).drain(() -> this.workloads);
    }

    private ThreadPoolTaskExecutor pool(String name, int threads) {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setCorePoolSize(threads);
        executor.initialize();
        return add(name, executor, executor.getThreadPoolExecutor());
    }

    private SimpleAsyncTaskExecutor simple(String name) {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(name + "-");
        this.workloads.add(Objects.requireNonNull(new Workloads(Ticker.SYSTEM).of(name, executor)));
        return executor;
    }

    private ThreadPoolExecutor untracked(String name) {
        ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(1);
        return add(name, pool, pool);
    }

    private <E extends Executor> E add(String name, E executor, ThreadPoolExecutor pool) {
        this.pools.add(pool);
        this.workloads.add(Objects.requireNonNull(new Workloads(Ticker.SYSTEM).of(name, executor)));
        return executor;
    }
}

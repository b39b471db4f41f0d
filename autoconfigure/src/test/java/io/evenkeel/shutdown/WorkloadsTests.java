// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.evenkeel.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** How executors are seen, and that they do not notice. */
class WorkloadsTests {

    private final VirtualTime time = new VirtualTime();
    private final List<Runnable> cleanUp = new ArrayList<>();

    @AfterEach
    void cleanUp() {
        this.cleanUp.forEach(Runnable::run);
    }

    @Test
    void runningAndWaitingTasksAreCounted() {
        ThreadPoolTaskExecutor executor = initialized(new ThreadPoolTaskExecutor());
        Workload workload = workload(executor);
        HeldTask task = held();
        executor.execute(task);
        executor.execute(() -> {});
        task.awaitStart();

        assertThat(workload.look().running()).isEqualTo(1);
        assertThat(workload.look().waiting()).isEqualTo(1);

        task.releaseAndAwaitEnd();
        DrainRig.await("both ended", () -> workload.look().equals(new Load(0, 0, 2, Duration.ZERO)));
    }

    @Test
    void theTaskThatRunsForLongestIsKnownWithItsThread() {
        ThreadPoolTaskExecutor executor = initialized(new ThreadPoolTaskExecutor());
        executor.setCorePoolSize(2);
        Workload workload = workload(executor);
        HeldTask first = held();
        executor.execute(first);
        first.awaitStart();
        long start = this.time.nanoTime();
        this.time.advance(Duration.ofSeconds(3));
        HeldTask second = held();
        executor.execute(second);
        second.awaitStart();

        assertThat(workload.longest()).hasValueSatisfying(task -> {
            assertThat(task.startedAt()).isEqualTo(start);
            assertThat(task.thread()).isNotNull();
        });
    }

    @Test
    void theDecoratorOfTheApplicationIsKept() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setTaskDecorator(task -> () -> {
            seen.set("decorated");
            task.run();
        });
        workload(initialized(executor));

        executor.submit(() -> {}).get();

        assertThat(seen).hasValue("decorated");
    }

    @Test
    void aCancelledTaskLeavesTheQueueWhenItIsPurged() {
        ThreadPoolTaskExecutor executor = initialized(new ThreadPoolTaskExecutor());
        Workload workload = workload(executor);
        HeldTask task = held();
        executor.execute(task);
        task.awaitStart();
        Future<?> waiting = executor.submit(() -> {});

        waiting.cancel(false);
        executor.getThreadPoolExecutor().purge();

        assertThat(workload.look().waiting()).isZero();
    }

    @Test
    void aSubclassFindsItsOwnTasks() throws Exception {
        AtomicReference<Runnable> seen = new AtomicReference<>();
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor() {
            @Override
            protected void afterExecute(Runnable task, Throwable failure) {
                seen.set(task);
                super.afterExecute(task, failure);
            }
        };
        workload(initialized(executor));
        Runnable task = () -> {};

        executor.execute(task);

        DrainRig.await("it ended", () -> seen.get() != null);
        assertThat(seen.get()).isSameAs(task);
    }

    @Test
    void aQueueByPriorityStillComparesTheTasks() {
        record Ranked(int rank) implements Runnable, Comparable<Ranked> {
            @Override
            public void run() {}

            @Override
            public int compareTo(Ranked other) {
                return Integer.compare(this.rank, other.rank);
            }
        }
        ThreadPoolTaskExecutor executor = initialized(new ThreadPoolTaskExecutor() {
            @Override
            protected BlockingQueue<Runnable> createQueue(int capacity) {
                return new PriorityBlockingQueue<>();
            }
        });
        Workload workload = workload(executor);
        HeldTask first = held();
        executor.execute(first);
        first.awaitStart();

        assertThatCode(() -> {
                    executor.execute(new Ranked(2));
                    executor.execute(new Ranked(1));
                })
                .doesNotThrowAnyException();

        assertThat(workload.look().waiting()).isEqualTo(2);
    }

    @Test
    void aHandlerOfRejectedTasksFindsItsOwnTasks() {
        AtomicReference<Runnable> rejected = new AtomicReference<>();
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setMaxPoolSize(1);
        executor.setQueueCapacity(0);
        executor.setRejectedExecutionHandler((task, pool) -> rejected.set(task));
        workload(initialized(executor));
        HeldTask first = held();
        executor.execute(first);
        first.awaitStart();
        Runnable second = () -> {};

        executor.execute(second);

        assertThat(rejected.get()).isSameAs(second);
    }

    @Test
    void whatAPoolRejectedDoesNotCountAsWaiting() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setMaxPoolSize(1);
        executor.setQueueCapacity(1);
        Workload workload = workload(initialized(executor));
        HeldTask first = held();
        executor.execute(first);
        first.awaitStart();
        executor.execute(() -> {});
        assertThatCode(() -> executor.execute(() -> {})).isInstanceOf(TaskRejectedException.class);

        first.releaseAndAwaitEnd();

        DrainRig.await("idle, and surely", () -> workload.look().equals(new Load(0, 0, 2, Duration.ZERO)));
    }

    @Test
    void whatAPoolWithoutAQueueRejectedDoesNotCountAsOutstanding() {
        for (RejectedExecutionHandler handler : List.of(
                new ThreadPoolExecutor.AbortPolicy(),
                new ThreadPoolExecutor.DiscardPolicy(),
                new ThreadPoolExecutor.CallerRunsPolicy())) {
            ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
            executor.setMaxPoolSize(1);
            executor.setQueueCapacity(0);
            executor.setRejectedExecutionHandler(handler);
            Workload workload = workload(initialized(executor));
            HeldTask first = held();
            executor.execute(first);
            first.awaitStart();
            try {
                executor.execute(() -> {});
            } catch (TaskRejectedException ex) {
                assertThat(handler).isInstanceOf(ThreadPoolExecutor.AbortPolicy.class);
            }

            first.releaseAndAwaitEnd();

            DrainRig.await(
                    "idle, and surely: " + handler, () -> workload.look().equals(new Load(0, 0, 1, Duration.ZERO)));
        }
    }

    @Test
    void whatThePolicyRunsLaterNeverthelessIsWaitedFor() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setMaxPoolSize(1);
        executor.setQueueCapacity(1);
        executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardOldestPolicy());
        Workload workload = workload(initialized(executor));
        HeldTask first = held();
        executor.execute(first);
        first.awaitStart();
        HeldTask oldest = held();
        HeldTask newest = held();
        executor.execute(oldest);
        executor.execute(newest);

        first.releaseAndAwaitEnd();
        newest.awaitStart();
        assertThat(workload.look().running()).isEqualTo(1);
        newest.releaseAndAwaitEnd();

        DrainRig.await("idle, and surely", () -> workload.look().equals(new Load(0, 0, 2, Duration.ZERO)));
        assertThat(oldest.hasStarted()).isFalse();
    }

    @Test
    void whatASimpleExecutorRejectedDoesNotCountAsWaiting() {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("simple-");
        executor.setConcurrencyLimit(1);
        executor.setRejectTasksWhenLimitReached(true);
        Workload workload = workload(executor);
        HeldTask first = held();
        executor.execute(first);
        first.awaitStart();
        assertThatCode(() -> executor.execute(() -> {})).isInstanceOf(TaskRejectedException.class);
        assertThat(workload.look()).isEqualTo(new Load(1, 0, 0, Duration.ZERO));

        first.releaseAndAwaitEnd();

        DrainRig.await("idle, and surely", () -> workload.look().equals(new Load(0, 0, 1, Duration.ZERO)));
    }

    @Test
    void aTaskThatGotNoThreadCountsForTenSeconds() {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(task -> {
            throw new IllegalStateException("No thread");
        });
        Workload workload = workload(executor);
        assertThatCode(() -> executor.execute(() -> {})).isInstanceOf(IllegalStateException.class);

        assertThat(workload.look().isIdle()).isFalse();
        this.time.advance(Duration.ofMillis(10_001));
        assertThat(workload.look()).isEqualTo(new Load(0, 0, 0, Duration.ZERO));
    }

    @Test
    void aTaskThatStartsAfterTheInterruptIsNotRun() {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("simple-");
        TaskTracker tracker = TaskTracker.of(executor, this.time);
        AtomicReference<String> run = new AtomicReference<>();
        Runnable late = tracker.decorate(() -> run.set("run"));

        tracker.interrupt();
        late.run();

        assertThat(run).hasNullValue();
        assertThat(tracker.outstanding()).isEqualTo(1);
        executor.close();
    }

    @Test
    void aThreadThatWaitsForItsNextTaskProvesThatAPoolIsIdle() throws Exception {
        ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(2);
        this.cleanUp.add(pool::shutdownNow);
        Workload workload = workload(pool);

        pool.submit(() -> {}).get();

        DrainRig.await("it is parked", () -> workload.look().equals(new Load(0, 0, 1, Duration.ZERO)));
    }

    @Test
    void aTaskBetweenTheQueueAndItsThreadIsUnderway() throws Exception {
        AtomicBoolean open = new AtomicBoolean();
        BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>() {
            @Override
            public Runnable take() throws InterruptedException {
                Runnable task = super.take();
                while (!open.get()) {
                    Thread.onSpinWait();
                }
                return task;
            }
        };
        ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, queue);
        this.cleanUp.add(pool::shutdownNow);
        this.cleanUp.add(0, () -> open.set(true));
        Workload workload = workload(pool);
        pool.submit(() -> {}).get();
        DrainRig.await("the first has ended", () -> workload.look().equals(new Load(0, 0, 1, Duration.ZERO)));

        pool.execute(() -> {});
        DrainRig.await("the second has left the queue", queue::isEmpty);

        assertThat(workload.look()).isEqualTo(new Load(0, 0, 1, Load.UNDERWAY));
        open.set(true);
        DrainRig.await("idle, and surely", () -> workload.look().equals(new Load(0, 0, 2, Duration.ZERO)));
    }

    @Test
    void aPoolWithoutAQueueIsNotProvedIdleByItsThreads() throws Exception {
        ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newCachedThreadPool();
        this.cleanUp.add(pool::shutdownNow);
        Workload workload = workload(pool);

        pool.submit(() -> {}).get();
        DrainRig.await("it has ended", () -> workload.look().finished() == 1);

        DrainRig.await("its thread waits", () -> workload.look().equals(new Load(0, 0, 1, Load.UNPROVEN)));
    }

    @Test
    void anExecutorThatDoesNotTellHasNoWorkload() {
        ConcurrentTaskExecutor blind = new ConcurrentTaskExecutor(task -> {});

        assertThat(new Workloads(this.time).of("blind", blind)).isNull();
        assertThat(Workloads.mayLoseTasks(blind)).isTrue();
        assertThat(Workloads.mayLoseTasks(Executors.newSingleThreadExecutor())).isTrue();
        assertThat(Workloads.mayLoseTasks(new SyncTaskExecutor())).isFalse();
        assertThat(Workloads.mayLoseTasks((java.util.concurrent.Executor) Runnable::run))
                .isFalse();
    }

    private HeldTask held() {
        HeldTask task = new HeldTask();
        this.cleanUp.add(0, task::release);
        return task;
    }

    private ThreadPoolTaskExecutor initialized(ThreadPoolTaskExecutor executor) {
        executor.initialize();
        this.cleanUp.add(executor::shutdown);
        return executor;
    }

    private Workload workload(java.util.concurrent.Executor executor) {
        return Objects.requireNonNull(new Workloads(this.time).of("test", executor));
    }
}

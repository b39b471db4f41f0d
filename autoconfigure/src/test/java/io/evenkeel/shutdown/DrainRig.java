// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.VirtualTime;
import io.evenkeel.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * A drain of real executors in counted time. A pause of it takes no time: it is the moment for the next step of the test,
 * and for the threads of the executors.
 */
final class DrainRig implements AfterEachCallback {

    private static final Set<Thread.State> SETTLED =
            EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

    final VirtualTime time = new VirtualTime();
    final List<Workload> workloads = new ArrayList<>();
    int pauses;
    int abortions;

    private final Duration timeout;
    private @Nullable Deadline deadline;
    private @Nullable TaskDrain drain;
    private final Set<Thread> others = threads();
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final Deque<Runnable> cleanUp = new ArrayDeque<>();
    private Runnable atEachPause = () -> {};
    private Runnable inGrace = () -> await(
            "interrupted tasks end",
            () -> this.workloads.stream().allMatch(workload -> workload.look().running() == 0));

    DrainRig(Duration timeout) {
        this.timeout = timeout;
    }

    /** {@return what is tested, whose time runs from when it is first asked for} */
    TaskDrain drain() {
        if (this.drain == null) {
            this.deadline = Deadline.after(this.timeout, this.time);
            this.drain = new TaskDrain(this.deadline, this.time, this::pause, () -> this.abortions++);
        }
        return this.drain;
    }

    Deadline deadline() {
        return Objects.requireNonNull(this.deadline);
    }

    private void pause(long nanos) {
        this.pauses++;
        // Counted time runs when nobody else does: a machine that has no time for a thread does not use up the budget.
        settle();
        this.time.advance(Duration.ofNanos(nanos));
        this.atEachPause.run();
        if (this.abortions > 0) {
            this.inGrace.run();
        }
        Runnable step = this.steps.poll();
        if (step != null) {
            step.run();
        }
    }

    /** The steps of the test, one for each pause. */
    void steps(Runnable... steps) {
        this.steps.addAll(List.of(steps));
    }

    void atEachPause(Runnable action) {
        this.atEachPause = action;
    }

    /** No interrupt ends the tasks of this test. */
    void doNotAwaitInterruptedTasks() {
        this.inGrace = () -> {};
    }

    ThreadPoolTaskExecutor pool(String name, int threads) {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setThreadNamePrefix(name + "-");
        executor.setCorePoolSize(threads);
        executor.initialize();
        add(name, executor);
        return executor;
    }

    SimpleAsyncTaskExecutor simple(String name) {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(name + "-");
        add(name, executor);
        return executor;
    }

    void add(String name, Executor executor) {
        this.workloads.add(Objects.requireNonNull(new Workloads(this.time).of(name, executor)));
        if (executor instanceof org.springframework.scheduling.concurrent.ExecutorConfigurationSupport spring) {
            this.cleanUp.add(spring::shutdown);
        }
    }

    /** {@return a task that is let go at the end of the test, whatever happens} */
    HeldTask held() {
        return letGo(new HeldTask());
    }

    HeldTask letGo(HeldTask task) {
        this.cleanUp.addFirst(task::release);
        return task;
    }

    List<Interruption> run() {
        settle();
        return drain().drain(() -> this.workloads);
    }

    /** Waits in real time until each thread of the executors waits itself, for a task or in one. */
    void settle() {
        await(
                "the threads wait",
                () -> threads().stream()
                        .filter(thread -> !this.others.contains(thread))
                        .map(Thread::getState)
                        .allMatch(SETTLED::contains));
    }

    private static Set<Thread> threads() {
        Thread[] threads = new Thread[2 * Thread.activeCount() + 10];
        return Set.of(Arrays.copyOf(threads, Thread.enumerate(threads)));
    }

    /** A last step: a thread that has done its task needs real time to say so, and the drain takes none. */
    void awaitIdle() {
        await(
                "idle",
                () -> this.workloads.stream()
                        .allMatch(workload -> workload.look().isIdle()));
    }

    /** Waits in real time. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as(what).isNegative();
            Thread.onSpinWait();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        this.cleanUp.forEach(Runnable::run);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Follows the tasks of one executor from their submission to their end, as a decorator of them. That of the application
 * keeps its place; it may be set before this one or, by another post-processor, after it. Thread-safe.
 *
 * <p>What the executor drops after it was decorated is not heard of, but for what is rejected by a pool of which
 * {@link #followRejections} was told. So the number of outstanding tasks may be too high for ever, but is never too low.
 */
final class TaskTracker implements TaskDecorator {

    private final Object executor;
    private final Consumer<TaskDecorator> decorate;
    private final Ticker ticker;
    private volatile @Nullable TaskDecorator installed;
    private final Set<RunningTask> running = ConcurrentHashMap.newKeySet();
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong started = new AtomicLong();
    private final AtomicLong finished = new AtomicLong();
    private volatile long changedAt;
    private volatile boolean ended;

    private TaskTracker(Object executor, Consumer<TaskDecorator> decorate, Ticker ticker) {
        this.executor = executor;
        this.decorate = decorate;
        this.ticker = ticker;
        this.changedAt = ticker.nanoTime();
        renew();
    }

    static TaskTracker of(SimpleAsyncTaskExecutor executor, Ticker ticker) {
        return new TaskTracker(executor, executor::setTaskDecorator, ticker);
    }

    static TaskTracker of(ThreadPoolTaskExecutor executor, Ticker ticker) {
        return new TaskTracker(executor, executor::setTaskDecorator, ticker);
    }

    /** Takes its place again if a decorator was set meanwhile. */
    void renew() {
        TaskDecorator present = ExecutorFields.decorator(this.executor);
        if (present == null) {
            install(this);
        } else if (present != this.installed) {
            install(task -> decorate(present.decorate(task)));
        }
    }

    private void install(TaskDecorator decorator) {
        this.installed = decorator;
        this.decorate.accept(decorator);
    }

    /** Takes back the submissions that this pool rejects. If such a task runs nevertheless, it counts again. */
    void followRejections(ThreadPoolExecutor pool) {
        RejectedExecutionHandler handler = pool.getRejectedExecutionHandler();
        pool.setRejectedExecutionHandler((task, rejecting) -> {
            try {
                handler.rejectedExecution(task, rejecting);
            } finally {
                if (task instanceof TrackedTask tracked && tracked.leavesQueue()) {
                    this.submitted.decrementAndGet();
                }
            }
        });
    }

    @Override
    public Runnable decorate(Runnable task) {
        this.changedAt = this.ticker.nanoTime();
        this.submitted.incrementAndGet();
        return (task instanceof RunnableFuture<?> future) ? new TrackedFuture<>(future) : new TrackedTask(task);
    }

    private void run(Runnable task) {
        if (this.ended) {
            if (task instanceof Future<?> future) {
                future.cancel(false);
            }
            return;
        }
        this.changedAt = this.ticker.nanoTime();
        RunningTask entry = new RunningTask(this.started.incrementAndGet(), Thread.currentThread(), this.changedAt);
        this.running.add(entry);
        try {
            task.run();
        } finally {
            this.running.remove(entry);
            this.changedAt = this.ticker.nanoTime();
            this.finished.incrementAndGet();
        }
    }

    /** {@return the number of tasks that were submitted and have not ended, or were rejected} */
    long outstanding() {
        // In this order: of a task that is submitted meanwhile the end must not be counted without the beginning.
        long finished = this.finished.get();
        return this.submitted.get() - finished;
    }

    long finished() {
        return this.finished.get();
    }

    int running() {
        return this.running.size();
    }

    boolean runsCurrent() {
        return this.running.stream().anyMatch(task -> task.thread() == Thread.currentThread());
    }

    /** {@return the time since a task was last submitted, started or ended} */
    long unchangedForNanos() {
        return this.ticker.nanoTime() - this.changedAt;
    }

    Optional<RunningTask> longest() {
        long now = this.ticker.nanoTime();
        return this.running.stream().max(Comparator.comparingLong(task -> now - task.startedAt()));
    }

    /** Interrupts what runs, and lets nothing start that has not started yet. */
    void interrupt() {
        this.ended = true;
        for (RunningTask task : this.running) {
            Thread thread = task.thread();
            if (thread != null && thread != Thread.currentThread()) {
                thread.interrupt();
            }
        }
    }

    private class TrackedTask implements Runnable {

        private final Runnable task;
        private final AtomicBoolean queued = new AtomicBoolean(true);

        TrackedTask(Runnable task) {
            this.task = task;
        }

        boolean leavesQueue() {
            return this.queued.compareAndSet(true, false);
        }

        @Override
        public void run() {
            if (!leavesQueue()) {
                TaskTracker.this.submitted.incrementAndGet();
            }
            TaskTracker.this.run(this.task);
        }
    }

    /** A task that somebody may wait for or cancel keeps these faculties in the queue of the executor. */
    private final class TrackedFuture<T extends @Nullable Object> extends TrackedTask implements RunnableFuture<T> {

        private final RunnableFuture<T> future;

        TrackedFuture(RunnableFuture<T> future) {
            super(future);
            this.future = future;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return this.future.cancel(mayInterruptIfRunning);
        }

        @Override
        public boolean isCancelled() {
            return this.future.isCancelled();
        }

        @Override
        public boolean isDone() {
            return this.future.isDone();
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            return this.future.get();
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            return this.future.get(timeout, unit);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * The tasks of a {@link ThreadPoolExecutor}, counted by itself. Of one that schedules tasks, those that are due count as
 * waiting; those that are due later do not, and periodic ones never do.
 */
final class PoolWorkload implements Workload {

    private final String name;
    private final Supplier<ThreadPoolExecutor> pool;
    private final @Nullable ExecutorConfigurationSupport owner;
    private final @Nullable TaskTracker tracker;
    private final Ticker ticker;

    private ThreadPoolExecutor followed;
    private WorkerThreads threads;
    private @Nullable LastTasks lastTasks;
    private long finished = -1;
    private long unchangedSince;

    /**
     * @param pool the pool of today: an executor of Spring makes another one when it is initialized again, such as under a
     *     second name
     * @param owner the bean, if it is one of Spring
     * @param tracker follows its tasks, if that can be done unseen
     * @param ticker tells how long nothing ends
     */
    PoolWorkload(
            String name,
            Supplier<ThreadPoolExecutor> pool,
            @Nullable ExecutorConfigurationSupport owner,
            @Nullable TaskTracker tracker,
            Ticker ticker) {
        this.name = name;
        this.pool = pool;
        this.owner = owner;
        this.tracker = tracker;
        this.ticker = ticker;
        this.followed = pool.get();
        this.threads = followPool();
    }

    @Override
    public String name() {
        return this.name;
    }

    @Override
    public void follow() {
        ThreadPoolExecutor pool = this.pool.get();
        if (pool != this.followed) {
            this.followed = pool;
            this.threads = followPool();
        }
        if (this.tracker != null) {
            this.tracker.renew();
        }
    }

    private WorkerThreads followPool() {
        if (this.tracker != null) {
            this.tracker.followRejections(this.followed);
        }
        return WorkerThreads.of(this.followed);
    }

    @Override
    public Load look() {
        ThreadPoolExecutor pool = this.pool.get();
        // In this order, in which a task passes them: it may be seen twice, but not missed.
        boolean allEnded = this.tracker != null && this.tracker.outstanding() == 0;
        int waiting = waiting(pool);
        int running = pool.getActiveCount() - (this.threads.haveCurrent() ? 1 : 0);
        long finished = pool.getCompletedTaskCount();
        if (finished != this.finished || running == 0) {
            this.finished = finished;
            this.unchangedSince = this.ticker.nanoTime();
        }
        Duration settling = (allEnded || pool.getPoolSize() == 0) ? Duration.ZERO : settling(pool);
        return new Load(running, waiting, finished, settling);
    }

    /** A tracked task is on its way if it has not ended, unless it was removed from the queue. */
    private Duration settling(ThreadPoolExecutor pool) {
        if (this.threads.proveIdle(pool)) {
            return Duration.ZERO;
        }
        return (this.tracker != null || this.threads.isAnyAwake()) ? Load.UNDERWAY : Load.UNPROVEN;
    }

    private static int waiting(ThreadPoolExecutor pool) {
        return (pool instanceof ScheduledThreadPoolExecutor)
                ? (int) pool.getQueue().stream().filter(PoolWorkload::isDue).count()
                : pool.getQueue().size();
    }

    private static boolean isDue(Runnable task) {
        return task instanceof RunnableScheduledFuture<?> scheduled
                && !scheduled.isPeriodic()
                && scheduled.getDelay(TimeUnit.NANOSECONDS) <= 0;
    }

    /** What is added afterwards, and not due when the scheduler is shut down, is cancelled then. */
    @Override
    public int cancelLater() {
        if (!(this.pool.get() instanceof ScheduledThreadPoolExecutor scheduler)) {
            return 0;
        }
        List<Runnable> later =
                scheduler.getQueue().stream().filter(this::isLater).toList();
        later.forEach(PoolWorkload::cancel);
        scheduler.purge();
        if (this.lastTasks == null) {
            // Its threads would live until then, and destruction might wait for them.
            scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        }
        return later.size();
    }

    private boolean isLater(Runnable task) {
        return task instanceof RunnableScheduledFuture<?> scheduled
                && !scheduled.isPeriodic()
                && !scheduled.isCancelled()
                && scheduled.getDelay(TimeUnit.NANOSECONDS) > 0
                && !(this.lastTasks != null && this.lastTasks.isKeeper(task));
    }

    @Override
    public void windDown() {
        ThreadPoolExecutor pool = this.pool.get();
        if (this.owner != null && !this.owner.isRunning() && !pool.isTerminated()) {
            // A context that is closed while it is paused has marked its executors as shut down, but woken no thread.
            this.owner.start();
        }
        if (pool instanceof ScheduledThreadPoolExecutor scheduler) {
            endRepetition(scheduler);
        }
    }

    private void endRepetition(ScheduledThreadPoolExecutor scheduler) {
        if (scheduler.getContinueExistingPeriodicTasksAfterShutdownPolicy()) {
            scheduler.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        }
        // Those of Spring are shut down since the context began to close, which ends the repetition.
        if (scheduler.isShutdown()) {
            return;
        }
        for (Runnable task : scheduler.getQueue()) {
            if (task instanceof RunnableScheduledFuture<?> scheduled && scheduled.isPeriodic()) {
                scheduled.cancel(false);
            }
        }
        if (scheduler.getActiveCount() > 0) {
            this.lastTasks = LastTasks.of(scheduler);
        }
    }

    /** Without a tracker: what runs has been running since the first look after which nothing ended, or longer. */
    @Override
    public Optional<RunningTask> longest() {
        if (this.tracker != null) {
            return this.tracker.longest();
        }
        return (this.pool.get().getActiveCount() > 0)
                ? Optional.of(new RunningTask(0, null, this.unchangedSince))
                : Optional.empty();
    }

    @Override
    public void leaveOwnTask() {
        if (this.owner == null || !this.threads.haveCurrent()) {
            return;
        }
        // Its phase would wait for what runs, and its destruction interrupt it.
        this.owner.stop();
        this.owner.setWaitForTasksToCompleteOnShutdown(true);
        this.owner.setAwaitTerminationMillis(0);
    }

    /** A pool of the JDK ends gently by itself. */
    @Override
    public void endWithin(Duration limit) {
        closeLastTasks();
        if (this.owner != null && !limit.isZero() && !this.threads.haveCurrent()) {
            this.owner.setWaitForTasksToCompleteOnShutdown(true);
            this.owner.setAwaitTerminationMillis(limit.toMillis());
        }
    }

    @Override
    public void refuse() {
        closeLastTasks();
        this.pool.get().shutdown();
    }

    private void closeLastTasks() {
        if (this.lastTasks != null) {
            this.lastTasks.close();
            this.lastTasks = null;
        }
    }

    @Override
    public void interrupt() {
        boolean interrupted = Thread.currentThread().isInterrupted();
        if (this.owner != null) {
            // It cancels the future of each task in the queue, which it alone knows. Its own waiting would come on top
            // of a budget that is used up.
            this.owner.setWaitForTasksToCompleteOnShutdown(false);
            this.owner.setAwaitTerminationMillis(0);
            this.owner.shutdown();
            // Nor shall the phase of the executor wait again for a task that ignores the interrupt.
            this.owner.stop();
        } else {
            this.pool.get().shutdownNow().forEach(PoolWorkload::cancel);
        }
        if (!interrupted && this.threads.haveCurrent()) {
            // The task that closes the context goes on with it.
            Thread.interrupted();
        }
    }

    private static void cancel(Runnable task) {
        if (task instanceof Future<?> future) {
            future.cancel(false);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.lang.StackWalker.StackFrame;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler that repeats nothing any more and still takes tasks. Only a shutdown keeps the JDK from putting a periodic
 * task back when its run ends; one whose runs take longer than its period is due again at once, and is never met in the
 * queue. After the shutdown, tasks that run once arrive here as rejected, and are queued as before. Thread-safe.
 */
final class LastTasks implements RejectedExecutionHandler {

    private static final StackWalker STACK = StackWalker.getInstance();

    private final ScheduledThreadPoolExecutor scheduler;
    private final RejectedExecutionHandler former;

    /** Its threads end with the queue, so that has one task more than there are. */
    private final ScheduledFuture<?> keeper;

    private volatile boolean closed;

    private LastTasks(ScheduledThreadPoolExecutor scheduler) {
        this.scheduler = scheduler;
        this.former = scheduler.getRejectedExecutionHandler();
        // First, as the application may shut it down at any time.
        scheduler.setRejectedExecutionHandler(this);
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(true);
        this.keeper = scheduler.schedule(() -> {}, Integer.MAX_VALUE, TimeUnit.DAYS);
    }

    /** Ends the repetition of what the scheduler runs, with the run that is under way. */
    static LastTasks of(ScheduledThreadPoolExecutor scheduler) {
        LastTasks tasks = new LastTasks(scheduler);
        scheduler.shutdown();
        return tasks;
    }

    @Override
    public void rejectedExecution(Runnable task, ThreadPoolExecutor executor) {
        if (this.closed
                || !(task instanceof RunnableScheduledFuture<?> scheduled)
                || scheduled.isPeriodic()
                || repeatsTrigger()) {
            this.former.rejectedExecution(task, executor);
            return;
        }
        this.scheduler.getQueue().add(task);
        this.scheduler.prestartCoreThread();
        if (this.closed && this.scheduler.remove(task)) {
            this.former.rejectedExecution(task, executor);
        }
    }

    /** A task with a trigger is one that runs once, and schedules the next one at its end. */
    private static boolean repeatsTrigger() {
        return STACK.walk(frames -> frames.anyMatch(LastTasks::schedulesNextRun));
    }

    private static boolean schedulesNextRun(StackFrame frame) {
        return frame.getMethodName().equals("schedule") && frame.getClassName().equals(ExecutorFields.TRIGGERED_TASK);
    }

    boolean isKeeper(Runnable task) {
        return task == this.keeper;
    }

    /** Accepts nothing any more, and cancels what is due later. */
    void close() {
        this.closed = true;
        this.scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }
}

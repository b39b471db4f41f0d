// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Optional;
import org.springframework.context.Lifecycle;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * The tasks of a {@link SimpleAsyncTaskExecutor}, which starts a thread for each and tells nothing of them: they are
 * followed one by one.
 */
final class CountedWorkload implements Workload {

    private final String name;
    private final SimpleAsyncTaskExecutor executor;
    private final TaskTracker tracker;

    CountedWorkload(String name, SimpleAsyncTaskExecutor executor, TaskTracker tracker) {
        this.name = name;
        this.executor = executor;
        this.tracker = tracker;
    }

    @Override
    public String name() {
        return this.name;
    }

    @Override
    public void follow() {
        this.tracker.renew();
    }

    @Override
    public Load look() {
        int own = this.tracker.runsCurrent() ? 1 : 0;
        int running = this.tracker.running() - own;
        long outstanding = outstanding() - own;
        // One that still has not started, while no other runs, got no thread.
        boolean failed = running == 0 && this.tracker.unchangedForNanos() > Load.UNDERWAY.toNanos();
        int waiting = failed ? 0 : (int) Math.max(0, outstanding - running);
        return new Load(running, waiting, this.tracker.finished(), Duration.ZERO);
    }

    /** The tracker does not hear of rejections. */
    private long outstanding() {
        return ExecutorFields.rejectsAtLimit(this.executor)
                ? ExecutorFields.accepted(this.executor)
                : this.tracker.outstanding();
    }

    /** A context that is closed while it is paused wakes no thread of a scheduler. */
    @Override
    public void windDown() {
        if (this.executor instanceof Lifecycle lifecycle && !lifecycle.isRunning()) {
            lifecycle.start();
        }
    }

    @Override
    public Optional<RunningTask> longest() {
        return this.tracker.longest();
    }

    @Override
    public int cancelLater() {
        return 0;
    }

    /** Its destruction waits for tasks only if it is told to. */
    @Override
    public void leaveOwnTask() {
        if (this.tracker.runsCurrent()) {
            this.executor.setTaskTerminationTimeout(0);
        }
    }

    /** Nothing runs any more. */
    @Override
    public void endWithin(Duration limit) {}

    @Override
    public void refuse() {
        if (this.executor instanceof Lifecycle lifecycle) {
            // Its phase shall not wait again for a task that ignores the interrupt.
            lifecycle.stop();
        }
        // It would wait for tasks, on top of a budget that is used up.
        this.executor.setTaskTerminationTimeout(0);
        this.executor.close();
    }

    @Override
    public void interrupt() {
        this.tracker.interrupt();
    }
}

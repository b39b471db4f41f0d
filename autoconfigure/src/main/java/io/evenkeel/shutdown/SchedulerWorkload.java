// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tasks of a {@link org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler}: one thread hands them on as
 * they become due, one runs those with a fixed delay itself, and all others get threads of their own.
 */
final class SchedulerWorkload implements Workload {

    private final PoolWorkload triggers;
    private final PoolWorkload fixedDelays;
    private final CountedWorkload tasks;

    SchedulerWorkload(PoolWorkload triggers, PoolWorkload fixedDelays, CountedWorkload tasks) {
        this.triggers = triggers;
        this.fixedDelays = fixedDelays;
        this.tasks = tasks;
    }

    @Override
    public String name() {
        return this.tasks.name();
    }

    @Override
    public void follow() {
        this.tasks.follow();
    }

    @Override
    public Load look() {
        // In this order, in which a task passes them. To hand it on is not to do it.
        Load due = this.triggers.look();
        Load fixedDelay = this.fixedDelays.look();
        Load own = this.tasks.look();
        return new Load(
                fixedDelay.running() + own.running(),
                due.running() + due.waiting() + fixedDelay.waiting() + own.waiting(),
                fixedDelay.finished() + own.finished(),
                Stream.of(due, fixedDelay, own)
                        .map(Load::settling)
                        .max(Comparator.naturalOrder())
                        .orElseThrow());
    }

    @Override
    public void windDown() {
        this.tasks.windDown();
        this.triggers.windDown();
        this.fixedDelays.windDown();
    }

    @Override
    public Optional<RunningTask> longest() {
        return Stream.of(this.fixedDelays.longest(), this.tasks.longest())
                .flatMap(Optional::stream)
                .min(Comparator.comparingLong(RunningTask::startedAt));
    }

    @Override
    public int cancelLater() {
        return this.triggers.cancelLater();
    }

    @Override
    public void leaveOwnTask() {
        this.tasks.leaveOwnTask();
    }

    @Override
    public void endWithin(Duration limit) {
        this.triggers.endWithin(limit);
        this.fixedDelays.endWithin(limit);
        this.tasks.endWithin(limit);
    }

    @Override
    public void refuse() {
        this.triggers.refuse();
        this.fixedDelays.refuse();
    }

    /** To close it interrupts tasks with a fixed delay. */
    @Override
    public void interrupt() {
        this.tasks.refuse();
        this.tasks.interrupt();
    }
}

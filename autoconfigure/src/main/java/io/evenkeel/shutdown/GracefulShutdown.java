// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The end of one application context: its budget, and the wait for the tasks of its executors. Used by the thread that
 * closes the context.
 */
final class GracefulShutdown {

    private final ManagedExecutors executors;
    private final Ticker ticker;
    private final ShutdownBudget budget;
    private final TaskDrain drain;
    private volatile boolean live;

    /**
     * @param timeout the budget; zero interrupts at once
     * @param abortCalls aborts the HTTP calls that are running
     */
    GracefulShutdown(ManagedExecutors executors, Duration timeout, Ticker ticker, Runnable abortCalls) {
        this.executors = executors;
        this.ticker = ticker;
        this.budget = new ShutdownBudget(ticker, timeout);
        this.drain = drain(this.budget, abortCalls);
    }

    private TaskDrain drain(ShutdownBudget budget, Runnable abortCalls) {
        return new TaskDrain(budget, this.ticker, LockSupport::parkNanos, abortCalls);
    }

    Duration total() {
        return this.budget.total();
    }

    boolean hasBegun() {
        return this.budget.hasBegun();
    }

    /** Called when all executors are known. */
    void follow() {
        this.executors.all().forEach(Workload::follow);
    }

    /** Called when the start has succeeded: who destroys an executor from now on, before the end, means that one alone. */
    void live() {
        this.live = true;
    }

    /** Called when the context begins to close, before anything else does. */
    void begin() {
        this.budget.begin();
        follow();
        this.drain.look(this.executors.all());
    }

    /** Waits for the tasks of all executors. {@return whether all have ended} */
    boolean drainAll() {
        List<Interruption> interruptions = this.drain.drain(this.executors::all);
        this.executors.all().forEach(Workload::leaveOwnTask);
        if (!interruptions.isEmpty()) {
            // All have been shut down, so that there is nothing to wait for when they are destroyed.
            this.executors.clear();
        }
        return interruptions.isEmpty();
    }

    /**
     * Called before an executor is destroyed. Tasks may have been submitted since all were waited for, by beans that are
     * stopped or destroyed later; and there was no waiting if the start failed. They may submit tasks to the others.
     */
    void remove(String name) {
        Workload workload = this.executors.get(name);
        if (workload == null) {
            return;
        }
        if (this.live && !this.budget.hasBegun()) {
            removeAlone(workload);
            return;
        }
        begin();
        if (drainAll()) {
            this.executors.remove(workload);
            workload.endWithin(this.budget.remaining());
        }
    }

    /** The application goes on, and its calls. */
    private void removeAlone(Workload workload) {
        ShutdownBudget own = new ShutdownBudget(this.ticker, this.budget.total());
        own.begin();
        drain(own, () -> {}).drain(() -> List.of(workload));
        this.executors.remove(workload);
        workload.endWithin(own.remaining());
    }
}

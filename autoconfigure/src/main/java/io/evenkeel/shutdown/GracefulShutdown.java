// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one application context: its budget, and the executors whose tasks it waits for. Executors may be added by
 * any thread; all else is done by the thread that closes the context.
 */
final class GracefulShutdown {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final ShutdownBudget budget;
    private final Set<String> excluded;
    private final Workloads factory;
    private final TaskDrain drain;
    private final Map<String, List<Workload>> executors = new ConcurrentHashMap<>();

    /**
     * @param timeout the budget; zero interrupts at once
     * @param excluded names of beans that are left alone
     * @param abortCalls aborts the HTTP calls that are running
     */
    GracefulShutdown(Duration timeout, Set<String> excluded, Ticker ticker, Runnable abortCalls) {
        this.budget = new ShutdownBudget(ticker, timeout);
        this.excluded = excluded;
        this.factory = new Workloads(ticker);
        this.drain = new TaskDrain(this.budget, ticker, LockSupport::parkNanos, abortCalls);
    }

    /** Takes an executor into its care, or says that it cannot. */
    void add(String name, Executor bean) {
        if (this.excluded.contains(name)) {
            return;
        }
        List<Workload> workloads = this.factory.of(name, bean);
        if (!workloads.isEmpty()) {
            this.executors.put(name, workloads);
        } else if (Workloads.mayLoseTasks(bean)) {
            log.warn(
                    "Tasks of executor '{}' are lost at shutdown: a {} does not tell of them. Configure evenkeel.executors.{} "
                            + "instead, or silence this with evenkeel.shutdown.exclude.",
                    name,
                    bean.getClass().getName(),
                    name);
        }
    }

    ShutdownBudget budget() {
        return this.budget;
    }

    /** Called when the context begins to close, before anything else does. */
    void begin() {
        this.budget.begin();
        this.drain.look(all());
    }

    /** Waits for the tasks of all executors. */
    void drainAll() {
        Collection<Workload> all = all();
        List<Interruption> interruptions = this.drain.drain(all);
        all.forEach(Workload::leaveOwnTask);
        for (Workload workload : all) {
            int later = workload.scheduledForLater();
            if (later > 0) {
                log.info(
                        "Shutdown: {} of scheduler '{}' that would be due later will not run (the next run of a cron job counts)",
                        tasks(later),
                        workload.name());
            }
        }
        if (!interruptions.isEmpty()) {
            // All have been shut down, so that there is nothing to wait for when they are destroyed.
            this.executors.clear();
        }
    }

    /**
     * Called before an executor is destroyed. Tasks may have been submitted since all were waited for, by beans that are
     * stopped or destroyed later; and there was no waiting if the context never got as far as to start.
     */
    void remove(String name) {
        List<Workload> workloads = this.executors.remove(name);
        if (workloads == null) {
            return;
        }
        this.budget.begin();
        boolean idle = workloads.stream().allMatch(workload -> workload.look().isIdle());
        if (idle || this.drain.drain(workloads).isEmpty()) {
            workloads.forEach(workload -> workload.endWithin(this.budget.remaining()));
        }
    }

    private Collection<Workload> all() {
        return this.executors.values().stream().flatMap(List::stream).toList();
    }

    private static String tasks(int count) {
        return (count == 1) ? "1 task" : count + " tasks";
    }
}

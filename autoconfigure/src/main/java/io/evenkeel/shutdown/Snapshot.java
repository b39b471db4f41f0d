// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What all executors have to do, looked at one after the other. */
record Snapshot(Map<Workload, Load> loads, long takenAt) {

    static Snapshot of(Collection<Workload> workloads, long takenAt) {
        Map<Workload, Load> loads = new LinkedHashMap<>();
        workloads.forEach(workload -> loads.put(workload, workload.look()));
        return new Snapshot(loads, takenAt);
    }

    boolean isIdle() {
        return this.loads.values().stream().allMatch(Load::isIdle);
    }

    /** {@return whether no executor has a task that it does not show} */
    boolean isExact() {
        return this.loads.values().stream().allMatch(Load::exact);
    }

    /**
     * {@return whether nothing is left to do anywhere} One look is not enough: a task may hand work to an executor that
     * was looked at before, and end before its own executor is. But then one more task has ended than in the look
     * before.
     *
     * @param untilSeen the time after which a task cannot be between queue and thread any more
     */
    boolean provesIdle(Snapshot before, Duration untilSeen) {
        return before.isIdle()
                && isIdle()
                && finishedSince(before) == 0
                && (isExact() || this.takenAt - before.takenAt >= untilSeen.toNanos());
    }

    /** {@return the number of tasks that ended since an earlier snapshot} */
    long finishedSince(Snapshot earlier) {
        return this.loads.keySet().stream()
                .mapToLong(workload -> finishedSince(earlier, workload))
                .sum();
    }

    long finishedSince(Snapshot earlier, Workload workload) {
        Load then = earlier.loads.get(workload);
        return load(workload).finished() - ((then != null) ? then.finished() : 0);
    }

    Load load(Workload workload) {
        Load load = this.loads.get(workload);
        return (load != null) ? load : Load.NONE;
    }

    /** {@return such as {@code 'mail' (1 task running, 12 waiting), 'reports' (2 tasks running)}} */
    @Override
    public String toString() {
        return this.loads.entrySet().stream()
                .filter(entry -> !entry.getValue().isIdle())
                .map(entry -> "'%s' (%s)".formatted(entry.getKey().name(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }
}

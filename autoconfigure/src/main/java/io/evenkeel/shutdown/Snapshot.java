// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
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

    /** {@return for how long all have to look idle before they are} */
    Duration settling() {
        return this.loads.values().stream()
                .map(Load::settling)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /**
     * {@return whether all executors were idle in both looks, and nothing was done in between} One look is not enough: a
     * task may hand work to an executor that was looked at before, and end before its own executor is. But then one more
     * task has ended than in the look before.
     */
    boolean continuesRestOf(Snapshot earlier) {
        return earlier.isIdle() && isIdle() && finishedSince(earlier) == 0;
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

    /** {@return whether the executor was idle in both, and did nothing in between} */
    boolean isSameAs(Snapshot earlier, Workload workload) {
        return earlier.load(workload).isIdle() && load(workload).isIdle() && finishedSince(earlier, workload) == 0;
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

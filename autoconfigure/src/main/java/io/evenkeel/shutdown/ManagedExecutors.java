// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executors of one application context whose tasks are waited for, each of them once: the same one may be several
 * beans, as it is, in a proxy or in an adapter. Thread-safe.
 */
final class ManagedExecutors {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final Predicate<String> excluded;
    private final Workloads workloads;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private final Map<String, Workload> byName = new LinkedHashMap<>();

    /** All that was seen, with {@code null} for what is not waited for. Guarded by the lock. */
    private final Map<Object, @Nullable Workload> bySource = new IdentityHashMap<>();

    /** @param excluded tells names of beans that are left alone */
    ManagedExecutors(Predicate<String> excluded, Workloads workloads) {
        this.excluded = excluded;
        this.workloads = workloads;
    }

    /** Takes an executor into its care, unless it knows it, or says that it cannot. */
    void add(String name, Object bean) {
        Object source = Workloads.source(bean);
        boolean isExcluded = this.excluded.test(name);
        this.lock.lock();
        try {
            if (isExcluded) {
                exclude(source);
                return;
            }
            if (this.byName.containsKey(name)) {
                // Such as the object of a factory bean, which came first.
                return;
            }
            boolean isNew = !this.bySource.containsKey(source);
            Workload workload = isNew ? this.workloads.of(name, bean) : this.bySource.get(source);
            this.bySource.put(source, workload);
            if (workload != null) {
                workload.follow();
                this.byName.put(name, workload);
            }
            if (workload != null || !isNew || !Workloads.mayLoseTasks(bean)) {
                return;
            }
        } finally {
            this.lock.unlock();
        }
        log.warn(
                "Tasks of executor '{}' may be lost at shutdown: a {} does not tell of them. Configure evenkeel.executors.{} "
                        + "instead, or silence this with evenkeel.shutdown.exclude.",
                name,
                bean.getClass().getName(),
                name);
    }

    /** Any of its names is enough. */
    private void exclude(Object source) {
        Workload known = this.bySource.put(source, null);
        if (known != null) {
            this.byName.values().removeIf(workload -> workload == known);
        }
    }

    @Nullable
    Workload get(String name) {
        this.lock.lock();
        try {
            return this.byName.get(name);
        } finally {
            this.lock.unlock();
        }
    }

    Collection<Workload> all() {
        this.lock.lock();
        try {
            return this.byName.values().stream().distinct().toList();
        } finally {
            this.lock.unlock();
        }
    }

    void remove(Workload gone) {
        this.lock.lock();
        try {
            this.byName.values().removeIf(workload -> workload == gone);
            this.bySource.values().removeIf(workload -> workload == gone);
        } finally {
            this.lock.unlock();
        }
    }

    void clear() {
        this.lock.lock();
        try {
            this.byName.clear();
            this.bySource.clear();
        } finally {
            this.lock.unlock();
        }
    }
}

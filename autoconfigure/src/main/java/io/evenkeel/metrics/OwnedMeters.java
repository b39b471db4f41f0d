// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The meters that a client or a route has in one registry, to be removed together. Thread-safe. */
final class OwnedMeters {

    private final MeterRegistry registry;

    private final ReentrantLock lock;

    /** Guarded by the lock. */
    private final Set<Meter> meters = new LinkedHashSet<>();

    /** Guarded by the lock. */
    private boolean removed;

    OwnedMeters(MeterRegistry registry, ReentrantLock lock) {
        this.registry = registry;
        this.lock = lock;
    }

    /** {@return the meter, {@code null} if all were removed} */
    <M extends Meter> @Nullable M register(Function<MeterRegistry, M> registration) {
        this.lock.lock();
        try {
            if (this.removed) {
                return null;
            }
            M meter = registration.apply(this.registry);
            this.meters.add(meter);
            return meter;
        } finally {
            this.lock.unlock();
        }
    }

    void remove() {
        this.lock.lock();
        try {
            this.removed = true;
            this.meters.forEach(this.registry::remove);
            this.meters.clear();
        } finally {
            this.lock.unlock();
        }
    }

    /**
     * Meters that differ in one tag, each registered when there is something to count: most of the values never occur, and
     * there is one set of them for each route. What is known is found without the lock.
     */
    final class OnDemand<M extends Meter> {

        private final AtomicReferenceArray<@Nullable M> known;

        private final IntFunction<Function<MeterRegistry, M>> registration;

        /** @param registration registers the meter of an index below {@code size} */
        OnDemand(int size, IntFunction<Function<MeterRegistry, M>> registration) {
            this.known = new AtomicReferenceArray<>(size);
            this.registration = registration;
        }

        /** {@return the meter, {@code null} if all were removed} */
        @Nullable
        M get(int index) {
            M meter = this.known.get(index);
            if (meter == null) {
                meter = register(this.registration.apply(index));
                this.known.set(index, meter);
            }
            return meter;
        }
    }
}

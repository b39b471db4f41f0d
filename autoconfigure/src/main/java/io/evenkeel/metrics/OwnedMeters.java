// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The meters that a client or a route has in all registries, to be removed together. Thread-safe. */
final class OwnedMeters {

    private final ReentrantLock lock;

    // Guarded by the lock.
    private final Map<MeterRegistry, Set<Meter>> meters = new LinkedHashMap<>();
    private final List<Function<MeterRegistry, ? extends Meter>> gauges = new ArrayList<>();
    private final List<OnDemand<?, ?>> onDemand = new ArrayList<>();

    OwnedMeters(ReentrantLock lock) {
        this.lock = lock;
    }

    /** Adds a registry. Requires the lock. */
    void attach(MeterRegistry registry) {
        this.meters.put(registry, new LinkedHashSet<>());
        this.onDemand.forEach(OnDemand::forget);
        this.gauges.forEach(gauge -> register(gauge, registry));
    }

    /** Removes all meters; there are none any more from then on. Requires the lock. */
    void remove() {
        this.meters.forEach((registry, registered) -> registered.forEach(registry::remove));
        this.meters.clear();
    }

    /** Adds a gauge to each registry, also to those that come later. */
    void gauge(Function<MeterRegistry, ? extends Meter> registration) {
        this.lock.lock();
        try {
            this.gauges.add(registration);
            this.meters.keySet().forEach(registry -> register(registration, registry));
        } finally {
            this.lock.unlock();
        }
    }

    /** {@return the value of a tag} */
    static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private <M extends Meter> M register(Function<MeterRegistry, M> registration, MeterRegistry registry) {
        M meter = registration.apply(registry);
        Objects.requireNonNull(this.meters.get(registry)).add(meter);
        return meter;
    }

    /**
     * Meters that differ in one tag, each registered when there is something to count: most of the values never occur, and
     * there is one set of them for each route. What is known is found without the lock.
     */
    final class OnDemand<E extends Enum<E>, M extends Meter> {

        private final Function<E, Function<MeterRegistry, M>> registration;
        private final AtomicReferenceArray<@Nullable List<M>> known;

        OnDemand(Class<E> values, Function<E, Function<MeterRegistry, M>> registration) {
            this.registration = registration;
            this.known = new AtomicReferenceArray<>(values.getEnumConstants().length);
            OwnedMeters.this.onDemand.add(this);
        }

        /** {@return the meter of a value in each registry} */
        List<M> of(E value) {
            List<M> found = this.known.get(value.ordinal());
            return (found != null) ? found : register(value);
        }

        private List<M> register(E value) {
            OwnedMeters owner = OwnedMeters.this;
            List<M> added = new ArrayList<>();
            owner.lock.lock();
            try {
                for (MeterRegistry registry : owner.meters.keySet()) {
                    added.add(owner.register(this.registration.apply(value), registry));
                }
            } finally {
                // Also if a registry refuses, or each event would try again and be counted nowhere.
                this.known.set(value.ordinal(), List.copyOf(added));
                owner.lock.unlock();
            }
            return added;
        }

        // A registry gives the meter that it has already.
        private void forget() {
            for (int i = 0; i < this.known.length(); i++) {
                this.known.set(i, null);
            }
        }
    }
}

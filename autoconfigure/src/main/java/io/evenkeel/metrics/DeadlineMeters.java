// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.ConnectionListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the deadlines of callers that say nothing, as {@code evenkeel.deadline.ignored}. Any number of registries may be bound.
 * Thread-safe.
 */
public final class DeadlineMeters implements MeterBinder, ConnectionListener, AutoCloseable {

    private final Map<MeterRegistry, Counter> registries = new ConcurrentHashMap<>();

    @Override
    public void bindTo(MeterRegistry registry) {
        this.registries.computeIfAbsent(
                registry,
                added -> Counter.builder("evenkeel.deadline.ignored")
                        .description("Requests whose deadline was no time, or repeated, and was ignored")
                        .register(added));
    }

    @Override
    public void deadlineIgnored() {
        this.registries.values().forEach(Counter::increment);
    }

    /** Removes the meter from all registries. Later events are ignored. */
    @Override
    public void close() {
        this.registries.forEach(MeterRegistry::remove);
        this.registries.clear();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one route in one registry. Registering and removing happens under the lock, recording without. */
final class RouteMeters {

    private final RouteSeries series;

    private final MeterRegistry registry;

    private final ReentrantLock lock;

    private final Tags tags;

    private final Map<TimerFamily, AtomicReferenceArray<@Nullable Timer>> timers = new EnumMap<>(TimerFamily.class);

    private final List<Meter> registered = new ArrayList<>();

    private boolean idleTimeoutRegistered;

    private boolean removed;

    RouteMeters(RouteSeries series, MeterRegistry registry, ReentrantLock lock) {
        this.series = series;
        this.registry = registry;
        this.lock = lock;
        this.tags = Tags.of("client", series.client(), "route", series.tag());
        for (TimerFamily family : TimerFamily.values()) {
            this.timers.put(family, new AtomicReferenceArray<>(family.size()));
        }
    }

    void registerGauges() {
        connections("active", RouteState::active);
        connections("idle", RouteState::idle);
        gauge("evenkeel.connections.max", "Connections that may be open at once", RouteState::max);
        gauge("evenkeel.connections.pending", "Callers that wait for a connection", RouteState::pending);
        gauge(
                "evenkeel.connections.idle.recommended",
                "Kept connections that would have been enough in the last hour",
                RouteState::recommended);
    }

    private void connections(String state, ToDoubleFunction<RouteState> value) {
        this.registered.add(Gauge.builder("evenkeel.connections", this.series, s -> value.applyAsDouble(s.state()))
                .description("Open connections")
                .baseUnit("connections")
                .tags(this.tags.and("state", state))
                .register(this.registry));
    }

    // No base unit: naming conventions would append it to the name, "..._max_connections".
    private void gauge(String name, String description, ToDoubleFunction<RouteState> value) {
        this.registered.add(Gauge.builder(name, this.series, s -> value.applyAsDouble(s.state()))
                .description(description)
                .tags(this.tags)
                .register(this.registry));
    }

    void registerIdleTimeout() {
        this.lock.lock();
        try {
            if (!this.removed && !this.idleTimeoutRegistered) {
                this.idleTimeoutRegistered = true;
                this.registered.add(TimeGauge.builder(
                                "evenkeel.connections.idle.timeout",
                                this.series,
                                TimeUnit.NANOSECONDS,
                                RouteSeries::idleTimeoutNanos)
                        .description("Idle time up to which a connection is used again")
                        .tags(this.tags)
                        .register(this.registry));
            }
        } finally {
            this.lock.unlock();
        }
    }

    void record(TimerFamily family, Enum<?> result, Duration duration) {
        AtomicReferenceArray<@Nullable Timer> known = Objects.requireNonNull(this.timers.get(family));
        Timer timer = known.get(result.ordinal());
        if (timer == null) {
            registerTimers(known, family, result);
            timer = known.get(result.ordinal());
        }
        if (timer != null) {
            timer.record(duration);
        }
    }

    private void registerTimers(AtomicReferenceArray<@Nullable Timer> known, TimerFamily family, Enum<?> result) {
        this.lock.lock();
        try {
            if (this.removed) {
                return;
            }
            for (Enum<?> appearing : family.appearingWith(result)) {
                if (known.get(appearing.ordinal()) == null) {
                    Timer timer = family.register(this.registry, this.tags, appearing);
                    this.registered.add(timer);
                    known.set(appearing.ordinal(), timer);
                }
            }
        } finally {
            this.lock.unlock();
        }
    }

    void remove() {
        this.removed = true;
        this.registered.forEach(this.registry::remove);
        this.registered.clear();
    }
}

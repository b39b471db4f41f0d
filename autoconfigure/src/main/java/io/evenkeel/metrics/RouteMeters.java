// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;

/** The meters of one route in one registry. Thread-safe. */
final class RouteMeters {

    private final RouteSeries series;

    private final OwnedMeters meters;

    private final AtomicBoolean idleTimeoutRegistered = new AtomicBoolean();

    private final Tags tags;

    private final Map<TimerFamily, OwnedMeters.OnDemand<Timer>> timers = new EnumMap<>(TimerFamily.class);

    RouteMeters(RouteSeries series, MeterRegistry registry, ReentrantLock lock) {
        this.series = series;
        this.meters = new OwnedMeters(registry, lock);
        this.tags = Tags.of("client", series.client(), "route", series.tag());
        for (TimerFamily family : TimerFamily.values()) {
            this.timers.put(
                    family,
                    this.meters.new OnDemand<>(family.size(), result -> family.registration(this.tags, result)));
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
        this.meters.register(
                registry -> Gauge.builder("evenkeel.connections", this.series, s -> value.applyAsDouble(s.state()))
                        .description("Open connections")
                        .baseUnit("connections")
                        .tags(this.tags.and("state", state))
                        .register(registry));
    }

    // No base unit: naming conventions would append it to the name, "..._max_connections".
    private void gauge(String name, String description, ToDoubleFunction<RouteState> value) {
        this.meters.register(registry -> Gauge.builder(name, this.series, s -> value.applyAsDouble(s.state()))
                .description(description)
                .tags(this.tags)
                .register(registry));
    }

    /** Once: a registry keeps the first gauge, and warns of each other of the same name. */
    void registerIdleTimeout() {
        if (!this.idleTimeoutRegistered.compareAndSet(false, true)) {
            return;
        }
        this.meters.register(registry -> TimeGauge.builder(
                        "evenkeel.connections.idle.timeout",
                        this.series,
                        TimeUnit.NANOSECONDS,
                        RouteSeries::idleTimeoutNanos)
                .description("Idle time up to which a connection is used again")
                .tags(this.tags)
                .register(registry));
    }

    void record(TimerFamily family, Enum<?> result, Duration duration) {
        Timer timer = Objects.requireNonNull(this.timers.get(family)).get(result.ordinal());
        if (timer != null) {
            timer.record(duration);
        }
    }

    void remove() {
        this.meters.remove();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.HandshakeResult;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** One value of the tag {@code route} of one client, with its meters. Thread-safe. */
final class RouteSeries {

    private static final long RETIRED = Long.MIN_VALUE;
    private final ClientMeters ofClient;
    private final String tag;
    private final boolean shared;
    private final PoolStates states;
    private final AtomicLong lastUse;
    private final Tags tags;
    private final OwnedMeters meters;
    private final OwnedMeters.OnDemand<AcquireResult, Timer> acquired;
    private final OwnedMeters.OnDemand<CreationResult, Timer> created;
    private final OwnedMeters.OnDemand<HandshakeResult, Timer> handshaken;
    private final OwnedMeters.OnDemand<CloseReason, Timer> closed;
    private final AtomicBoolean idleTimeoutKnown = new AtomicBoolean();
    private volatile long idleTimeoutNanos;
    private final AtomicBoolean budgetKnown = new AtomicBoolean();
    private volatile DoubleSupplier budget = () -> 1;

    RouteSeries(ClientMeters ofClient, String tag, boolean shared, PoolStates states, ReentrantLock lock, long second) {
        this.ofClient = ofClient;
        this.tag = tag;
        this.shared = shared;
        this.states = states;
        this.lastUse = new AtomicLong(second);
        this.tags = Tags.of("client", ofClient.client(), "route", tag);
        this.meters = new OwnedMeters(lock);
        connections("active", RouteState::active);
        connections("idle", RouteState::idle);
        gauge("evenkeel.connections.max", "Connections that may be open at once", RouteState::max);
        gauge("evenkeel.connections.pending", "Callers that wait for a connection", RouteState::pending);
        gauge(
                "evenkeel.connections.idle.recommended",
                "Kept connections that would have been enough in the last hour",
                RouteState::recommended);
        this.acquired = timers(
                "evenkeel.connections.acquire",
                "Wait for a connection, without connecting",
                "result",
                AcquireResult.class);
        this.created = timers(
                "evenkeel.connections.creation",
                "Opening of a connection, from name resolution to TLS",
                "result",
                CreationResult.class);
        this.handshaken = timers("evenkeel.tls.handshake", "TLS handshake", "result", HandshakeResult.class);
        this.closed = timers(
                "evenkeel.connections.lifetime", "Age of a connection when it was closed", "reason", CloseReason.class);
    }

    private void connections(String state, ToDoubleFunction<RouteState> value) {
        this.meters.gauge(Gauge.builder("evenkeel.connections", this, series -> value.applyAsDouble(series.state()))
                .description("Open connections")
                .baseUnit("connections")
                .tags(this.tags.and("state", state))::register);
    }

    // No base unit: naming conventions would append it to the name, "..._max_connections".
    private void gauge(String name, String description, ToDoubleFunction<RouteState> value) {
        this.meters.gauge(Gauge.builder(name, this, series -> value.applyAsDouble(series.state()))
                .description(description)
                .tags(this.tags)::register);
    }

    private <E extends Enum<E>> OwnedMeters.OnDemand<E, Timer> timers(
            String name, String description, String key, Class<E> values) {
        return this.meters
        .new OnDemand<>(
                values,
                value -> Timer.builder(name).description(description).tags(this.tags.and(key, OwnedMeters.tag(value)))
                        ::register);
    }

    private RouteState state() {
        return this.states.current(this.ofClient.client()).route(this.tag);
    }

    String tag() {
        return this.tag;
    }

    /** {@return what is counted by client only; an event of the client is a use of the route, so that it stays, too} */
    ClientMeters ofClient() {
        return this.ofClient;
    }

    /**
     * Notes a use. Whoever recorded without asking first could count into a meter that is being removed.
     *
     * @param second when, in the seconds of {@link SeriesTable}
     * @return {@code false} if the series is retired and must not be used any more
     */
    boolean use(long second) {
        long seen = this.lastUse.get();
        while (seen != RETIRED) {
            // Written once a second at most, so that threads on one route do not fight for it.
            if (second <= seen || this.lastUse.compareAndSet(seen, second)) {
                return true;
            }
            seen = this.lastUse.get();
        }
        return false;
    }

    boolean isUsedSince(long second) {
        return this.lastUse.get() >= second;
    }

    /** {@return whether nobody used the series since the given second, and nobody will} */
    boolean retireIfUnusedSince(long second) {
        long seen = this.lastUse.get();
        return seen < second && this.lastUse.compareAndSet(seen, RETIRED);
    }

    void acquired(AcquireResult result, Duration waited) {
        this.acquired.of(result).forEach(timer -> timer.record(waited));
    }

    void created(CreationResult result, Duration took) {
        this.created.of(result).forEach(timer -> timer.record(took));
    }

    void handshaken(HandshakeResult result, Duration took) {
        this.handshaken.of(result).forEach(timer -> timer.record(took));
    }

    void closed(CloseReason reason, Duration age) {
        this.closed.of(reason).forEach(timer -> timer.record(age));
    }

    void idleTimeoutChanged(Duration idleTimeout) {
        if (this.shared) {
            return; // neither the sum nor the last of several routes' bounds would mean anything
        }
        this.idleTimeoutNanos = idleTimeout.toNanos();
        // Once: a registry keeps the first gauge, and warns of each other of the same name.
        if (this.idleTimeoutKnown.compareAndSet(false, true)) {
            this.meters.gauge(TimeGauge.builder(
                            "evenkeel.connections.idle.timeout",
                            this,
                            TimeUnit.NANOSECONDS,
                            series -> series.idleTimeoutNanos)
                    .description("Idle time up to which a connection is used again")
                    .tags(this.tags)::register);
        }
    }

    void retryBudgetUsed(DoubleSupplier share) {
        if (this.shared) {
            return; // as above
        }
        this.budget = share;
        if (this.budgetKnown.compareAndSet(false, true)) {
            this.meters.gauge(Gauge.builder("evenkeel.retry.budget", this, series -> series.budget.getAsDouble())
                    .description("Share of the retry budget that is left")
                    .tags(this.tags)::register);
        }
    }

    /** {@return all of them} */
    OwnedMeters meters() {
        return this.meters;
    }
}

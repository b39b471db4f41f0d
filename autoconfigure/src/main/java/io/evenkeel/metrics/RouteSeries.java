// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** One value of the tag {@code route} of one client, with its meters in every bound registry. */
final class RouteSeries {

    private static final long RETIRED = Long.MIN_VALUE;

    private static final long UNKNOWN = -1;

    private final String client;

    private final String tag;

    private final boolean shared;

    private final PoolStates states;

    private final ReentrantLock lock;

    private final AtomicLong lastUse;

    private volatile List<RouteMeters> meters = List.of();

    private volatile long idleTimeoutNanos = UNKNOWN;

    RouteSeries(String client, String tag, boolean shared, PoolStates states, ReentrantLock lock, long second) {
        this.client = client;
        this.tag = tag;
        this.shared = shared;
        this.states = states;
        this.lock = lock;
        this.lastUse = new AtomicLong(second);
    }

    String client() {
        return this.client;
    }

    String tag() {
        return this.tag;
    }

    RouteState state() {
        return this.states.current(this.client).route(this.tag);
    }

    long idleTimeoutNanos() {
        return this.idleTimeoutNanos;
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

    void record(TimerFamily family, Enum<?> result, Duration duration) {
        for (RouteMeters each : this.meters) {
            each.record(family, result, duration);
        }
    }

    void idleTimeoutChanged(Duration idleTimeout) {
        if (this.shared) {
            return; // neither the sum nor the last of several routes' bounds would mean anything
        }
        this.idleTimeoutNanos = idleTimeout.toNanos();
        this.meters.forEach(RouteMeters::registerIdleTimeout);
    }

    /** Requires the lock. */
    void attach(MeterRegistry registry) {
        RouteMeters added = new RouteMeters(this, registry, this.lock);
        List<RouteMeters> all = new ArrayList<>(this.meters);
        all.add(added);
        this.meters = List.copyOf(all);
        added.registerGauges();
        if (this.idleTimeoutNanos != UNKNOWN) {
            added.registerIdleTimeout();
        }
    }

    /** Requires the lock. */
    void removeMeters() {
        this.meters.forEach(RouteMeters::remove);
        this.meters = List.of();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.BoundSource;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RetryDenial;
import io.evenkeel.event.TimeBound;
import io.evenkeel.time.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Publishes the connections and calls of all clients as meters named {@code evenkeel.*}. Thread-safe.
 *
 * <p>A route gets its meters at its first event and keeps them for one hour after its last use. At most
 * {@code maxRoutes} routes of a client have meters of their own at a time; what happens on the others goes to one set
 * tagged {@code route="other"}. While there are others, a route gives its place up ten minutes after its last use. Without
 * tags per route there is one set for each client, {@code route="all"}. What is counted by client only is there as long as the client has a pool or a route with meters.
 *
 * <p>Any number of registries may be bound. Events that happen before a registry is bound are not counted in it;
 * connections that exist by then appear in its gauges.
 */
public final class ConnectionMeters implements MeterBinder, ConnectionListener, AutoCloseable {

    private final SeriesTable table;

    /**
     * @param pools asked for the state of all pools when a gauge is read, at most ten times a second
     * @param perRoute whether meters are told apart by route
     * @param maxRoutes routes of a client that have their own meters at a time
     * @param ticker tells how long ago a route was used
     * @throws IllegalArgumentException if {@code maxRoutes} is negative
     */
    public ConnectionMeters(Supplier<List<PoolSnapshot>> pools, boolean perRoute, int maxRoutes, Ticker ticker) {
        this.table = new SeriesTable(pools, RouteTags.of(perRoute, maxRoutes), ticker);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        this.table.bind(registry);
    }

    @Override
    public void acquired(String client, String route, AcquireResult result, Duration waited) {
        record(client, route, series -> series.acquired(result, waited));
    }

    @Override
    public void created(String client, String route, CreationResult result, Duration took) {
        record(client, route, series -> series.created(result, took));
    }

    @Override
    public void handshaken(String client, String route, HandshakeResult result, Duration took) {
        record(client, route, series -> series.handshaken(result, took));
    }

    @Override
    public void closed(String client, String route, CloseReason reason, Duration age) {
        record(client, route, series -> series.closed(reason, age));
    }

    @Override
    public void idleTimeoutChanged(String client, String route, Duration idleTimeout) {
        record(client, route, series -> series.idleTimeoutChanged(idleTimeout));
    }

    @Override
    public void attempted(String client, String route, AttemptKind kind, AttemptOutcome outcome, Duration took) {
        record(client, route, series -> series.ofClient().attempted(kind, outcome, took));
    }

    @Override
    public void failed(String client, String route, FailureReason reason) {
        record(client, route, series -> series.ofClient().failed(reason));
    }

    @Override
    public void bounded(String client, String route, BoundSource source, Duration left) {
        record(client, route, series -> series.ofClient().bounded(source, left));
    }

    @Override
    public void timedOut(String client, String route, TimeBound bound, CallPhase phase) {
        record(client, route, series -> series.ofClient().timedOut(bound, phase));
    }

    @Override
    public void avoided(String client, String route, FailureAvoided how) {
        record(client, route, series -> series.ofClient().avoided(how));
    }

    @Override
    public void retryDenied(String client, String route, RetryDenial reason) {
        record(client, route, series -> series.ofClient().retryDenied(reason));
    }

    @Override
    public void retryBudgetUsed(String client, String route, DoubleSupplier share) {
        record(client, route, series -> series.retryBudgetUsed(share));
    }

    private void record(String client, String route, Consumer<RouteSeries> event) {
        // First the purge, so that its places are free for this event; but its failure must not lose the event.
        try {
            this.table.purgeIfDue();
        } finally {
            RouteSeries series = this.table.inUse(client, route);
            if (series != null) {
                event.accept(series);
            }
        }
    }

    /** Removes all meters from all registries. Later events are ignored. */
    @Override
    public void close() {
        this.table.close();
    }
}

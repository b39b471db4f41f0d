// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The routes of one client that have meters, and the meters of the client itself. Changed under the lock only. */
final class ClientSeries {

    private final RouteTags tags;
    private final PoolStates states;
    private final ReentrantLock lock;
    private final Map<String, RouteSeries> routes = new ConcurrentHashMap<>();
    private final ClientMeters meters;
    private volatile @Nullable RouteSeries rest;

    ClientSeries(String client, RouteTags tags, PoolStates states, ReentrantLock lock) {
        this.tags = tags;
        this.states = states;
        this.lock = lock;
        this.meters = new ClientMeters(client, states, lock);
    }

    /** {@return where events of the route go, {@code null} if that is not there yet} */
    @Nullable
    RouteSeries find(String route) {
        RouteSeries own = this.routes.get(route);
        return (own != null || this.routes.size() < this.tags.maxRoutes()) ? own : this.rest;
    }

    String tagOf(String route) {
        return this.routes.containsKey(route) ? route : this.tags.rest();
    }

    /** Requires the lock. */
    RouteSeries findOrAdd(String route, long second, List<MeterRegistry> registries) {
        RouteSeries known = find(route);
        if (known != null) {
            return known;
        }
        boolean own = this.routes.size() < this.tags.maxRoutes();
        String tag = own ? route : this.tags.rest();
        RouteSeries added = new RouteSeries(this.meters, tag, !own, this.states, this.lock, second);
        // Published with its meters only, or an event that finds it in between would be recorded nowhere; and published
        // even if a registry refuses, or each event would try again.
        try {
            registries.forEach(added.meters()::attach);
        } finally {
            if (own) {
                this.routes.put(route, added);
                this.states.tagsChanged();
            } else {
                this.rest = added;
            }
        }
        return added;
    }

    /** Requires the lock. */
    void attach(MeterRegistry registry) {
        this.meters.meters().attach(registry);
        series().forEach(each -> each.meters().attach(registry));
    }

    private Stream<RouteSeries> series() {
        return Stream.concat(this.routes.values().stream(), Stream.ofNullable(this.rest));
    }

    /** {@return whether routes had to do without a place of their own lately} */
    boolean isCrowdedSince(long second) {
        RouteSeries shared = this.rest;
        return shared != null && this.tags.maxRoutes() > 0 && shared.isUsedSince(second);
    }

    /**
     * Removes what was not used since the given second. What has a connection or a waiting caller is in use: a
     * download may take longer than an hour. Requires the lock.
     *
     * @return whether the client can be forgotten
     */
    boolean purge(long second, long unusedSince, ClientState state) {
        if (this.routes.values().removeIf(series -> isUnused(series, second, unusedSince, state))) {
            this.states.tagsChanged();
        }
        RouteSeries shared = this.rest;
        if (shared != null && isUnused(shared, second, unusedSince, state)) {
            this.rest = null;
        }
        return this.routes.isEmpty() && this.rest == null && state.pools() == 0;
    }

    private static boolean isUnused(RouteSeries series, long second, long unusedSince, ClientState state) {
        if (state.route(series.tag()).isInUse()) {
            series.use(second);
        }
        boolean unused = series.retireIfUnusedSince(unusedSince);
        if (unused) {
            series.meters().remove();
        }
        return unused;
    }

    /** Requires the lock. */
    void removeMeters() {
        series().forEach(each -> each.meters().remove());
        this.meters.meters().remove();
    }
}

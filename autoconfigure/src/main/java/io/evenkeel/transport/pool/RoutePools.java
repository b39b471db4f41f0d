// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.transport.support.Origins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.DisposalCallback;
import org.apache.hc.core5.pool.PoolStats;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a pool: those with connections or callers, and what is remembered of the others. Guarded by the lock of
 * the pool.
 */
final class RoutePools {

    private final PoolLimits limits;
    private final BiFunction<HttpRoute, String, DisposalCallback<ManagedHttpClientConnection>> disposal;
    private final Map<HttpRoute, RoutePool> byRoute = new HashMap<>();
    private final RouteMemory.All memories;

    /** @param disposal for a route and its name, what ends the connections of it */
    RoutePools(
            PoolLimits limits, BiFunction<HttpRoute, String, DisposalCallback<ManagedHttpClientConnection>> disposal) {
        this.limits = limits;
        this.disposal = disposal;
        this.memories = new RouteMemory.All(limits);
    }

    /** {@return the pool of a route, which comes into being if need be} */
    RoutePool open(HttpRoute route, long now) {
        RoutePool present = this.byRoute.get(route);
        if (present != null) {
            return present;
        }
        String origin = Origins.of(route);
        RoutePool opened = new RoutePool(
                route,
                origin,
                this.limits.maxPerRoute(),
                this.memories.of(route, now),
                this.disposal.apply(route, origin));
        this.byRoute.put(route, opened);
        return opened;
    }

    @Nullable
    RoutePool get(HttpRoute route) {
        return this.byRoute.get(route);
    }

    /** {@return the pool of a route of which something is leased, so that it must exist} */
    RoutePool require(HttpRoute route) {
        RoutePool routePool = this.byRoute.get(route);
        if (routePool == null) {
            throw new IllegalStateException("No connection of the route is known: " + route);
        }
        return routePool;
    }

    /**
     * Calls for each route, and forgets those that have nothing afterwards.
     *
     * @return the least of what was returned, {@code Long.MAX_VALUE} if there is no route
     */
    long walk(ToLongFunction<RoutePool> action) {
        long least = Long.MAX_VALUE;
        for (Iterator<RoutePool> all = this.byRoute.values().iterator(); all.hasNext(); ) {
            RoutePool routePool = all.next();
            least = Math.min(least, action.applyAsLong(routePool));
            if (routePool.isEmpty()) {
                all.remove();
                this.memories.keep(routePool.route(), routePool.memory());
            }
        }
        return least;
    }

    /** A route that has nothing leaves only what is remembered of it. */
    void forgetEmpty(RoutePool routePool) {
        // Not whatever is there now: a waiter that was cancelled may come from one that is forgotten already.
        if (routePool.isEmpty() && this.byRoute.remove(routePool.route(), routePool)) {
            this.memories.keep(routePool.route(), routePool.memory());
        }
    }

    /** {@return the state of every route, those that are only remembered if there is advice for them} */
    List<RouteSnapshot> snapshots(long now) {
        List<RouteSnapshot> snapshots = new ArrayList<>(this.byRoute.size());
        this.byRoute.forEach((route, each) -> snapshots.add(new RouteSnapshot(
                each.origin(),
                each.leased.size(),
                each.idle.size(),
                each.waiters.size(),
                each.memory().advice().recommended(now))));
        this.memories.forEach((route, memory) -> {
            OptionalInt recommended = memory.advice().recommended(now);
            if (recommended.isPresent() && !this.byRoute.containsKey(route)) {
                snapshots.add(new RouteSnapshot(Origins.of(route), 0, 0, 0, recommended));
            }
        });
        return snapshots;
    }

    /** {@return the state of every route, in HttpClient's terms} */
    Map<HttpRoute, PoolStats> stats() {
        Map<HttpRoute, PoolStats> stats = new HashMap<>();
        this.byRoute.forEach((route, each) -> stats.put(
                route,
                new PoolStats(each.leased.size(), each.waiters.size(), each.idle.size(), this.limits.maxPerRoute())));
        return stats;
    }
}

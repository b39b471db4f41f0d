// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.support.Origins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.DisposalCallback;
import org.apache.hc.core5.pool.PoolStats;
import org.jspecify.annotations.Nullable;

/**
 * What a pool knows, and the one lock that guards it: its routes, those with connections or callers, and what is remembered of
 * the others. Nothing under the lock takes more than a few map operations: what was evicted under it is closed after it
 * was released.
 */
final class PoolState {

    final PoolLimits limits;
    final Ticker ticker;

    private final BiFunction<HttpRoute, String, DisposalCallback<ManagedHttpClientConnection>> disposal;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    final IdleConnections idle;
    boolean closed;
    private final Map<HttpRoute, RoutePool> routes = new HashMap<>();
    private final RouteHistory.All histories;

    /** @param disposal for a route and its name, what ends the connections of it */
    PoolState(
            PoolLimits limits,
            Ticker ticker,
            BiFunction<HttpRoute, String, DisposalCallback<ManagedHttpClientConnection>> disposal) {
        this.limits = limits;
        this.ticker = ticker;
        this.disposal = disposal;
        this.idle = new IdleConnections(limits);
        this.histories = new RouteHistory.All(limits);
    }

    // --- the lock ---------------------------------------------------------------------------------------------------

    /** Takes the lock for an operation that may evict connections. */
    Evictions begin() {
        Evictions evictions = new Evictions(this);
        this.lock.lock();
        return evictions;
    }

    void lock() {
        this.lock.lock();
    }

    void unlock() {
        this.lock.unlock();
    }

    <T> T locked(Supplier<T> action) {
        this.lock.lock();
        try {
            return action.get();
        } finally {
            this.lock.unlock();
        }
    }

    /** A connection that kept its place until it was closed is closed. */
    void vacate(Slot slot) {
        this.lock.lock();
        try {
            if (slot.leavePlace()) {
                slot.routePool.grantPlace(this.ticker.nanoTime());
                forgetEmpty(slot.routePool);
            }
        } finally {
            this.lock.unlock();
        }
    }

    // --- under the lock ---------------------------------------------------------------------------------------------

    /** {@return what a caller in line waits for} */
    Condition newCondition() {
        return this.lock.newCondition();
    }

    /** {@return the pool of a route, which comes into being if need be} */
    RoutePool open(HttpRoute route, long now) {
        RoutePool present = this.routes.get(route);
        if (present != null) {
            return present;
        }
        String origin = Origins.of(route);
        RoutePool opened = new RoutePool(
                route,
                origin,
                this.limits.maxPerRoute(),
                this.histories.of(route, now),
                this.disposal.apply(route, origin));
        this.routes.put(route, opened);
        return opened;
    }

    @Nullable
    RoutePool get(HttpRoute route) {
        return this.routes.get(route);
    }

    /** {@return the pool of a route of which something is leased, so that it must exist} */
    RoutePool require(HttpRoute route) {
        RoutePool routePool = this.routes.get(route);
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
        for (Iterator<RoutePool> all = this.routes.values().iterator(); all.hasNext(); ) {
            RoutePool routePool = all.next();
            least = Math.min(least, action.applyAsLong(routePool));
            if (routePool.isEmpty()) {
                all.remove();
                this.histories.keep(routePool.route, routePool.history);
            }
        }
        return least;
    }

    /** A route that has nothing leaves only what is remembered of it. */
    void forgetEmpty(RoutePool routePool) {
        // Not whatever is there now: a waiter that was cancelled may come from one that is forgotten already.
        if (routePool.isEmpty() && this.routes.remove(routePool.route, routePool)) {
            this.histories.keep(routePool.route, routePool.history);
        }
    }

    /** {@return the state of every route, those that are only remembered if there is advice for them} */
    List<RouteSnapshot> snapshots() {
        long now = this.ticker.nanoTime();
        List<RouteSnapshot> snapshots = new ArrayList<>(this.routes.size());
        this.routes.values().forEach(each -> snapshots.add(each.snapshot(now)));
        this.histories.forEach((route, history) -> {
            OptionalInt recommended = history.advice().recommended(now);
            if (recommended.isPresent() && !this.routes.containsKey(route)) {
                snapshots.add(new RouteSnapshot(Origins.of(route), 0, 0, 0, recommended));
            }
        });
        return snapshots;
    }

    /** {@return the state of every route, in HttpClient's terms} */
    Map<HttpRoute, PoolStats> stats() {
        Map<HttpRoute, PoolStats> stats = new HashMap<>();
        this.routes.forEach((route, each) -> stats.put(route, each.stats()));
        return stats;
    }
}

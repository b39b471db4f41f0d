// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.time.Ticker;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.DisposalCallback;

/**
 * What a pool knows, and the one lock that guards it. Nothing under the lock takes more than a few map operations: what was
 * condemned under it is closed after it was released.
 */
final class PoolState {

    final PoolLimits limits;
    final Ticker ticker;

    // guarded by the lock
    final RoutePools routes;
    final IdleConnections idle;
    boolean closed;

    private final ReentrantLock lock = new ReentrantLock();

    /** @param disposal for a route and its name, what ends the connections of it */
    PoolState(
            PoolLimits limits,
            Ticker ticker,
            BiFunction<HttpRoute, String, DisposalCallback<ManagedHttpClientConnection>> disposal) {
        this.limits = limits;
        this.ticker = ticker;
        this.routes = new RoutePools(limits, disposal);
        this.idle = new IdleConnections(limits);
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

    /** {@return what a caller in line waits for} */
    Condition newCondition() {
        return this.lock.newCondition();
    }

    Closing newClosing() {
        return new Closing(this.ticker);
    }

    /** Ends an operation. What was condemned must not be found again, however far the operation got. */
    void unlock(Closing closing) {
        try {
            if (!closing.isComplete()) {
                closing.forEach(entry -> {
                    RoutePool routePool = this.routes.get(entry.getRoute());
                    if (routePool != null) {
                        this.idle.forget(routePool, entry);
                    }
                });
            }
        } finally {
            this.lock.unlock();
            closing.run(this::vacate);
        }
    }

    /** A connection that kept its place until it was closed is closed. */
    private void vacate(Closing.Condemned closed) {
        this.lock.lock();
        try {
            RoutePool routePool = closed.leavePlace();
            if (routePool != null) {
                routePool.grantPlace(this.ticker.nanoTime());
                this.routes.forgetEmpty(routePool);
            }
        } finally {
            this.lock.unlock();
        }
    }
}

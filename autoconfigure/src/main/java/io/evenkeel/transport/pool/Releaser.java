// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.IdleTimeoutLearner;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.PooledConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.util.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Takes the connections of a pool back: to the first caller in line, to the idle ones, or out of the world; and learns from
 * what they have been through. Thread-safe.
 */
final class Releaser {

    private final PoolState state;
    private final PoolEvents events;
    private final LeakDetector leaks;
    private final LongConsumer keeper;

    /** @param keeper hears when an idle connection is due, on the scale of the ticker */
    Releaser(PoolState state, PoolEvents events, LeakDetector leaks, LongConsumer keeper) {
        this.state = state;
        this.events = events;
        this.leaks = leaks;
        this.keeper = keeper;
    }

    /**
     * Takes a connection back: to the first caller in line, to the idle ones, or out of the world.
     *
     * @param entry what was handed out
     * @param reusable whether HttpClient allows it to be used again
     */
    void release(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, boolean reusable) {
        PooledConnection connection = (entry.getConnection() instanceof PooledConnection present) ? present : null;
        long now = this.state.ticker.nanoTime();
        boolean keep = false;
        boolean answered = connection != null && connection.history().idleAge().hasAnswered();
        if (connection != null) {
            unused(connection);
        }
        try {
            // State is what HttpClient's user token handler found: the connection belongs to somebody.
            if (reusable && connection != null && entry.getState() == null && this.state.limits.maxSize() > 0) {
                if (connection.probe().isBeingRead()) {
                    // By a thread of whoever gave it back. Idle, it would hold up all that care for idle connections.
                    connection.history().closing(CloseReason.ERROR);
                    return;
                }
                connection.park();
                long hint = hint(entry);
                connection.history().idleAge().begin(now, hint);
                keep = hint != 0 && !connection.history().isPastLifetime(now) && !leftover(connection);
            }
        } finally {
            // Whatever that look led to, the lease ends.
            release(entry, connection, now, keep, answered);
        }
    }

    /**
     * Ends a lease. The connection is where it is to be before it leaves the lease: whatever is thrown in between, it is
     * still leased, and given up as such.
     */
    private void release(
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry,
            @Nullable PooledConnection connection,
            long now,
            boolean reusable,
            boolean answered) {
        Closing closing = this.state.newClosing();
        Duration changedBound = null;
        String origin;
        boolean idle = false;
        long dueAt = 0;
        long bound = 0;
        Lease lease;
        this.state.lock();
        try {
            RoutePool routePool = this.state.routes.require(entry.getRoute());
            lease = routePool.leased.get(entry);
            if (lease == null) {
                throw new IllegalStateException("Released twice, or never leased: " + entry);
            }
            origin = routePool.origin();
            // Asked under the lock: whoever replaces the material looks for its idle connections afterwards.
            boolean keep =
                    reusable && connection != null && !connection.history().isOutdated();
            if (connection != null) {
                learn(routePool, connection, answered, now, closing);
                bound = routePool.learner().bound(connection.history().idleAge().hint(), now);
                changedBound = routePool.memory().changedBound(bound);
                if (keep) {
                    routePool.memory().advice().released(now, now + bound);
                }
            }
            ReplayPlace place = lease.place();
            if (this.state.closed) {
                closing.add(entry, CloseReason.SHUTDOWN);
                routePool.end(lease);
            } else if (place != null && place.reserve()) {
                routePool.reserved++;
                closing.add(entry, CloseReason.ERROR);
                routePool.end(lease);
            } else if (keep && routePool.grant(entry, now)) {
                // It is in use again.
            } else if (keep && (bound > 0 || mayScout(routePool, connection, now))) {
                idle = true;
                dueAt = this.state.idle.add(routePool, entry, now, closing);
                routePool.end(lease);
            } else if (connection != null && connection.isOpen()) {
                closing.add(routePool, entry, keep ? CloseReason.LEARNED : closeReason(connection, now));
                routePool.end(lease);
            } else {
                closing.add(entry, closeReason(connection, now));
                routePool.end(lease);
                routePool.grantPlace(now);
            }
            this.state.routes.forgetEmpty(routePool);
            closing.complete();
        } finally {
            this.state.unlock(closing);
        }
        this.leaks.end(lease);
        if (idle) {
            this.keeper.accept(dueAt);
        }
        this.events.bounded(origin, changedBound);
    }

    /**
     * Takes back what a call holds that ended in the middle, and turns it away if it is still in line.
     *
     * @return whether it held a place
     */
    boolean giveUp(Lease lease, CloseReason reason) {
        Closing closing = this.state.newClosing();
        boolean held = false;
        this.state.lock();
        try {
            RoutePool routePool = this.state.routes.get(lease.route());
            if (routePool != null) {
                routePool.waiters.removeIf(waiter -> waiter.lease() == lease);
                PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = lease.entry();
                if (entry != null && routePool.leased.get(entry) == lease) {
                    held = true;
                    closing.add(routePool, entry, reason);
                    routePool.end(lease);
                }
                this.state.routes.forgetEmpty(routePool);
            }
            // Not complete: what ended in the middle may be anywhere.
        } finally {
            this.state.unlock(closing);
        }
        this.leaks.end(lease);
        return held;
    }

    private boolean mayScout(RoutePool routePool, @Nullable PooledConnection connection, long now) {
        return connection != null && this.state.idle.mayScout(routePool, connection, now);
    }

    /** Learns from how a connection got through the lease that ends now, and the idle time before it. */
    private void learn(RoutePool routePool, PooledConnection connection, boolean answered, long now, Closing closing) {
        if (routePool.memory().learn(connection.history(), answered, now)) {
            // Those that are as old are as dead, or will be.
            this.state.idle.condemnIdleSince(
                    routePool, connection.history().idleAge().since(), closing);
        }
    }

    /** HttpClient takes a connection that failed out of its entry before it gives the entry back. */
    private void learnFromBroken(HttpRoute route, PooledConnection connection) {
        Closing closing = this.state.newClosing();
        this.state.lock();
        try {
            RoutePool routePool = this.state.routes.get(route);
            if (routePool != null) {
                learn(routePool, connection, false, this.state.ticker.nanoTime(), closing);
            }
            closing.complete();
        } finally {
            this.state.unlock(closing);
        }
    }

    /** The look before the first byte found it closed. */
    private void learnFromRefused(HttpRoute route, PooledConnection connection) {
        this.state.lock();
        try {
            RoutePool routePool = this.state.routes.get(route);
            if (routePool != null) {
                routePool.memory().learnFromDead(connection.history(), this.state.ticker.nanoTime());
            }
        } finally {
            this.state.unlock();
        }
    }

    /** Ends a replay, so that a place kept for it is not lost if it never came to the replay. */
    void forfeit(ReplayPlace place, HttpRoute route) {
        if (!place.mayBeKept()) {
            return;
        }
        this.state.lock();
        try {
            if (place.spend()) {
                RoutePool routePool = this.state.routes.require(route);
                routePool.reserved--;
                routePool.grantPlace(this.state.ticker.nanoTime());
                this.state.routes.forgetEmpty(routePool);
            }
        } finally {
            this.state.unlock();
        }
    }

    private boolean leftover(PooledConnection connection) {
        if (connection.probe().hasLeftover()) {
            connection.history().closing(CloseReason.UNSOLICITED);
            return true;
        }
        return false;
    }

    private static CloseReason closeReason(@Nullable PooledConnection connection, long now) {
        if (connection != null && connection.history().isOutdated()) {
            return CloseReason.RELOAD;
        }
        if (connection != null && connection.probe().isBeingRead()) {
            return CloseReason.ERROR;
        }
        if (connection != null
                && connection.history().isOpened()
                && connection.history().isPastLifetime(now)) {
            return CloseReason.MAX_LIFETIME;
        }
        return CloseReason.NOT_REUSABLE;
    }

    /** The keep-alive strategy has just written its bound into the entry, as wall-clock time; the pool counts on. */
    private long hint(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        Deadline deadline = entry.getExpiryDeadline();
        if (deadline.isMax()) {
            return IdleTimeoutLearner.NO_HINT;
        }
        Duration most = this.state.limits.maxIdleTimeout();
        // A strategy of the user's may say centuries, or that the time is over.
        long millis = Math.max(0, deadline.getValue() - entry.getUpdated());
        return (millis >= most.toMillis()) ? most.toNanos() : TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Its successor is told of in place of a connection that the look found unfit. */
    private void unused(PooledConnection connection) {
        if (!(connection.takeBorrower() instanceof Lease lease)) {
            return;
        }
        ReplayPlace place = lease.place();
        if (!connection.hasRefused()) {
            this.events.reused(lease, connection.history().idleAge().usedAt());
        } else if (place != null) {
            place.carryOver(lease.waited(), lease.hasSkippedDead());
        }
    }

    /** Every connection that was handed over to an entry ends here, whoever gives it up. */
    void dispose(HttpRoute route, String origin, ManagedHttpClientConnection connection, CloseMode mode) {
        connection.close(mode);
        if (!(connection instanceof PooledConnection pooled)) {
            return;
        }
        unused(pooled);
        ConnectionHistory history = pooled.history();
        if (history.hasBrokenBeforeResponse()) {
            learnFromBroken(route, pooled);
        } else if (pooled.hasRefused()) {
            learnFromRefused(route, pooled);
        }
        if (history.isOpened()) {
            Duration age = Duration.ofNanos(history.ageNanos(this.state.ticker.nanoTime()));
            this.events.closed(origin, history.closeReason(), age);
        }
    }
}

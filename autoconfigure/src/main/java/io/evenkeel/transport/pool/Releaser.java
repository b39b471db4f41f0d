// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.idle.IdleTimeoutLearner;
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
        Duration changedBound = null;
        boolean idle = false;
        long dueAt = 0;
        long bound = 0;
        Lease lease;
        Evictions evictions = this.state.begin();
        try {
            RoutePool routePool = this.state.require(entry.getRoute());
            lease = routePool.leased.get(entry);
            Slot slot = (lease != null) ? lease.slot() : null;
            if (lease == null || slot == null) {
                throw new IllegalStateException("Released twice, or never leased: " + entry);
            }
            // Asked under the lock: whoever replaces the material looks for its idle connections afterwards.
            boolean keep =
                    reusable && connection != null && !connection.history().isOutdated();
            if (connection != null) {
                learn(routePool, connection, answered, now, evictions);
                bound = routePool.learner().bound(connection.history().idleAge().hint(), now);
                changedBound = routePool.history.changedBound(bound);
                if (keep) {
                    routePool.history.advice().released(now, now + bound);
                }
            }
            ReplayPlace place = lease.place;
            if (this.state.closed) {
                evictions.addWithoutPlace(slot, CloseReason.SHUTDOWN);
                routePool.end(lease);
            } else if (place != null && place.reserve()) {
                routePool.reserved++;
                evictions.addWithoutPlace(slot, CloseReason.ERROR);
                routePool.end(lease);
            } else if (keep && routePool.grant(slot, now)) {
                // It is in use again.
            } else if (keep && (bound > 0 || this.state.idle.mayBeCanary(slot, now))) {
                idle = true;
                dueAt = this.state.idle.add(slot, now, evictions);
                routePool.end(lease);
            } else if (connection != null && connection.isOpen()) {
                evictions.add(slot, keep ? CloseReason.LEARNED : closeReason(connection, now));
                routePool.end(lease);
            } else {
                evictions.addWithoutPlace(slot, closeReason(connection, now));
                routePool.end(lease);
                routePool.grantPlace(now);
            }
            this.state.forgetEmpty(routePool);
            evictions.complete();
        } finally {
            evictions.unlock();
        }
        this.leaks.end(lease);
        if (idle) {
            this.keeper.accept(dueAt);
        }
        this.events.bounded(lease.origin(), changedBound);
    }

    /**
     * Takes back what a call holds that ended in the middle, and turns it away if it is still in line.
     *
     * @return whether it held a place
     */
    boolean giveUp(Lease lease, CloseReason reason) {
        boolean held = false;
        Evictions evictions = this.state.begin();
        try {
            RoutePool routePool = this.state.get(lease.route);
            if (routePool != null) {
                routePool.waiting.remove(lease);
                Slot slot = lease.slot();
                if (slot != null && routePool.leased.get(slot.entry) == lease) {
                    held = true;
                    evictions.add(slot, reason);
                    routePool.end(lease);
                }
                this.state.forgetEmpty(routePool);
            }
            // Not complete: what ended in the middle may be anywhere.
        } finally {
            evictions.unlock();
        }
        this.leaks.end(lease);
        return held;
    }

    /** Learns from how a connection got through the lease that ends now, and the idle time before it. */
    private void learn(
            RoutePool routePool, PooledConnection connection, boolean answered, long now, Evictions evictions) {
        if (routePool.history.learn(connection.history(), answered, now)) {
            // Those that are as old are as dead, or will be.
            this.state.idle.evictIdleSince(
                    routePool, connection.history().idleAge().since(), evictions);
        }
    }

    /** Learns from a connection that HttpClient has taken out of its entry, or that the look before the first byte refused. */
    private void learnFromDisposed(HttpRoute route, PooledConnection connection) {
        Evictions evictions = this.state.begin();
        try {
            RoutePool routePool = this.state.get(route);
            long now = this.state.ticker.nanoTime();
            if (routePool != null && connection.history().hasBrokenBeforeResponse()) {
                learn(routePool, connection, false, now, evictions);
            } else if (routePool != null && connection.hasRefused()) {
                routePool.history.learnFromDead(connection.history(), now);
            }
            evictions.complete();
        } finally {
            evictions.unlock();
        }
    }

    /** Ends a replay, so that a place kept for it is not lost if it never came to the replay. */
    void endReplay(ReplayPlace place, HttpRoute route) {
        if (!place.mayBeKept()) {
            return;
        }
        this.state.lock();
        try {
            if (place.spend()) {
                RoutePool routePool = this.state.require(route);
                routePool.reserved--;
                routePool.grantPlace(this.state.ticker.nanoTime());
                this.state.forgetEmpty(routePool);
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
        ReplayPlace place = lease.place;
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
        if (history.hasBrokenBeforeResponse() || pooled.hasRefused()) {
            learnFromDisposed(route, pooled);
        }
        if (history.isOpened()) {
            Duration age = Duration.ofNanos(history.ageNanos(this.state.ticker.nanoTime()));
            this.events.closed(origin, history.closeReason(), age);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.IdleTimeoutLearner;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.transport.connection.IdleAge;
import io.evenkeel.transport.connection.PooledConnection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of a pool: which may be used, which stay, and when the others go. What has to go is condemned, and
 * closed by the pool. Guarded by the lock of its pool.
 *
 * <p>What leaves is leased or condemned first, and taken out then: if anything is thrown in between, it is known to the one
 * or the other, and {@link #forget} mends the rest.
 *
 * <p>One connection of a route that may not be used any more may stay as its scout: nothing is sent on it, but it is
 * watched until the server closes it, which tells after how long the server does. Scouts do not count.
 */
final class IdleConnections {

    private final PoolLimits limits;

    /** Over all routes, the longest idle first. */
    private final Map<PoolEntry<HttpRoute, ManagedHttpClientConnection>, RoutePool> byAge = new LinkedHashMap<>();

    private final Map<PoolEntry<HttpRoute, ManagedHttpClientConnection>, RoutePool> scouts = new LinkedHashMap<>();

    IdleConnections(PoolLimits limits) {
        this.limits = limits;
    }

    boolean isEmpty() {
        return this.byAge.isEmpty() && this.scouts.isEmpty();
    }

    /** Takes a connection out of everything, in whatever state that is. */
    void forget(RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        routePool.idle.remove(entry);
        this.byAge.remove(entry);
        this.scouts.remove(entry);
        if (routePool.scout == entry) {
            routePool.scout = null;
        }
    }

    /**
     * Leases the freshest of a route that a request may ride; it is idle no more.
     *
     * @param acquisition whose request
     */
    @Nullable
    PoolEntry<HttpRoute, ManagedHttpClientConnection> poll(
            RoutePool routePool, Acquisition acquisition, long now, Closing closing) {
        IdleTimeoutLearner learner = routePool.learner();
        for (var idle = routePool.idle.iterator(); idle.hasNext(); ) {
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = idle.next();
            PooledConnection connection = connection(entry);
            IdleAge age = connection.history().idleAge();
            long bound = learner.bound(age.hint(), now);
            if (age.most(now) >= bound || connection.history().isPastLifetime(now)) {
                retire(routePool, entry, now, closing);
                idle.remove();
                continue;
            }
            bound = acquisition.isCareful() ? learner.provenBound(age.hint(), now) : bound;
            if (age.most(now) >= bound) {
                age.passOver();
                continue;
            }
            routePool.memory().permitUpTo(connection, bound);
            routePool.lease(entry, acquisition.lease(), now);
            idle.remove();
            this.byAge.remove(entry);
            return entry;
        }
        return null;
    }

    /** {@return time for which a connection may carry requests yet, those that may be sent twice} */
    private static long remaining(IdleTimeoutLearner learner, PooledConnection connection, long now) {
        IdleAge age = connection.history().idleAge();
        return Math.min(
                learner.bound(age.hint(), now) - age.most(now),
                connection.history().remainingLifetime(now));
    }

    /**
     * Keeps a connection, the freshest of all.
     *
     * @return when the first of the idle connections is due that was not due at that time before
     */
    long add(RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, long now, Closing closing) {
        routePool.idle.addFirst(entry);
        this.byAge.put(entry, routePool);
        long dueAt = now + remaining(routePool.learner(), connection(entry), now);
        while (routePool.idle.size() > this.limits.maxSize()) {
            // The oldest is the first whose time is over, and it may be over already.
            PoolEntry<HttpRoute, ManagedHttpClientConnection> oldest = routePool.idle.getLast();
            long lingersUntil = connection(oldest).history().idleAge().since()
                    + this.limits.overflowLinger().toNanos();
            if (lingersUntil - now > 0) {
                dueAt = (lingersUntil - dueAt < 0) ? lingersUntil : dueAt;
                break;
            }
            dismissSurplus(routePool, oldest, now, closing);
            routePool.idle.removeLast();
        }
        if (this.byAge.size() > this.limits.maxIdle()) {
            var oldest = this.byAge.entrySet().iterator().next();
            RoutePool itsPool = oldest.getValue();
            closing.add(itsPool, oldest.getKey(), CloseReason.IDLE);
            forget(itsPool, oldest.getKey());
        }
        return dueAt;
    }

    /** Condemns the longest idle connection of a route, for one that is needed more. */
    void condemnOldest(RoutePool routePool, Closing closing) {
        PoolEntry<HttpRoute, ManagedHttpClientConnection> oldest = routePool.idle.peekLast();
        if (oldest != null) {
            condemn(oldest, routePool, CloseReason.SURPLUS, closing);
            routePool.idle.removeLast();
        }
    }

    /** Condemns the connections of a route that have been idle since the given time, or for longer. */
    void condemnIdleSince(RoutePool routePool, long since, Closing closing) {
        for (var idle = routePool.idle.descendingIterator(); idle.hasNext(); ) {
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = idle.next();
            if (connection(entry).history().idleAge().since() - since > 0) {
                return;
            }
            condemn(entry, routePool, CloseReason.LEARNED, closing);
            idle.remove();
        }
    }

    private void condemn(
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry,
            RoutePool routePool,
            CloseReason reason,
            Closing closing) {
        closing.add(routePool, entry, reason);
        this.byAge.remove(entry);
    }

    /** Lets a connection go that may carry no more requests, or makes it the scout of its route. */
    void retire(
            RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, long now, Closing closing) {
        PooledConnection connection = connection(entry);
        if (connection.history().isPastLifetime(now)) {
            condemn(entry, routePool, CloseReason.MAX_LIFETIME, closing);
        } else if (mayScout(routePool, connection, now)) {
            scout(routePool, entry, closing);
        } else {
            CloseReason reason = routePool.learner().hasLearned() ? CloseReason.LEARNED : CloseReason.IDLE;
            condemn(entry, routePool, reason, closing);
        }
    }

    private void scout(RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, Closing closing) {
        boolean done = false;
        try {
            routePool.scout = entry;
            this.scouts.put(entry, routePool);
            this.byAge.remove(entry);
            done = true;
        } finally {
            if (!done) {
                closing.add(routePool, entry, CloseReason.ERROR);
            }
        }
    }

    private void dismissSurplus(
            RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, long now, Closing closing) {
        // One that no request would ride is not there for want of requests: it is there for want of knowledge.
        if (connection(entry).history().idleAge().wasPassedOver()) {
            retire(routePool, entry, now, closing);
        } else {
            condemn(entry, routePool, CloseReason.SURPLUS, closing);
        }
    }

    /** {@return whether a connection that may carry no more requests is of use nonetheless} */
    boolean mayScout(RoutePool routePool, PooledConnection connection, long now) {
        return routePool.scout == null
                && this.scouts.size() < this.limits.maxIdle()
                && connection.idleWatch().isPossible()
                && scoutingTime(routePool, connection, now) > 0;
    }

    /** {@return time for which a scout may yet find out something} */
    private long scoutingTime(RoutePool routePool, PooledConnection connection, long now) {
        if (!routePool.learner().isCurious(now)) {
            return 0;
        }
        long remaining = this.limits.maxIdleTimeout().toNanos()
                - connection.history().idleAge().least(now);
        return Math.min(remaining, connection.history().remainingLifetime(now));
    }

    void condemnScout(RoutePool routePool, CloseReason reason, Closing closing) {
        PoolEntry<HttpRoute, ManagedHttpClientConnection> scout = routePool.scout;
        if (scout != null) {
            closing.add(routePool, scout, reason);
            this.scouts.remove(scout);
            routePool.scout = null;
        }
    }

    /**
     * Condemns those of a route that are due, and learns from those that are seen alive.
     *
     * @param now a time since which the watched connections were looked at
     * @param watchAfterNanos idle time from which on a connection is worth watching
     * @param unwatched receives those that are
     * @return time until the next is due, {@code Long.MAX_VALUE} if none is idle
     */
    long sweep(RoutePool routePool, long now, long watchAfterNanos, List<PooledConnection> unwatched, Closing closing) {
        long linger = this.limits.overflowLinger().toNanos();
        long next = Long.MAX_VALUE;
        int position = 0;
        for (var idle = routePool.idle.iterator(); idle.hasNext(); ) {
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = idle.next();
            PooledConnection connection = connection(entry);
            routePool.memory().learnFromWatched(connection, now);
            long remaining = remaining(routePool.learner(), connection, now);
            if (remaining <= 0) {
                retire(routePool, entry, now, closing);
                idle.remove();
                continue;
            }
            if (position >= this.limits.maxSize()) {
                long lingers = linger - connection.history().idleAge().least(now);
                if (lingers <= 0) {
                    dismissSurplus(routePool, entry, now, closing);
                    idle.remove();
                    continue;
                }
                remaining = Math.min(remaining, lingers);
            }
            position++;
            next = Math.min(next, remaining);
            if (connection.history().idleAge().least(now) >= watchAfterNanos) {
                unwatched.add(connection);
            }
        }
        return Math.min(next, sweepScout(routePool, now, unwatched, closing));
    }

    private long sweepScout(RoutePool routePool, long now, List<PooledConnection> unwatched, Closing closing) {
        PoolEntry<HttpRoute, ManagedHttpClientConnection> scout = routePool.scout;
        if (scout == null) {
            return Long.MAX_VALUE;
        }
        PooledConnection connection = connection(scout);
        routePool.memory().learnFromWatched(connection, now);
        long remaining = scoutingTime(routePool, connection, now);
        if (remaining <= 0) {
            condemnScout(
                    routePool,
                    connection.history().isPastLifetime(now) ? CloseReason.MAX_LIFETIME : CloseReason.IDLE,
                    closing);
            return Long.MAX_VALUE;
        }
        unwatched.add(connection);
        return remaining;
    }

    /** Condemns those for which the rule has a reason, scouts too. */
    void removeIf(BiFunction<PooledConnection, RoutePool, @Nullable CloseReason> rule, Closing closing) {
        for (var all = this.byAge.entrySet().iterator(); all.hasNext(); ) {
            var each = all.next();
            if (condemnIf(rule, each, all, closing)) {
                each.getValue().idle.remove(each.getKey());
            }
        }
        for (var all = this.scouts.entrySet().iterator(); all.hasNext(); ) {
            var each = all.next();
            if (condemnIf(rule, each, all, closing)) {
                each.getValue().scout = null;
            }
        }
    }

    private static boolean condemnIf(
            BiFunction<PooledConnection, RoutePool, @Nullable CloseReason> rule,
            Map.Entry<PoolEntry<HttpRoute, ManagedHttpClientConnection>, RoutePool> each,
            Iterator<?> position,
            Closing closing) {
        CloseReason reason = rule.apply(connection(each.getKey()), each.getValue());
        if (reason == null) {
            return false;
        }
        RoutePool routePool = each.getValue();
        closing.add(routePool, each.getKey(), reason);
        position.remove();
        return true;
    }

    private static PooledConnection connection(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        return (PooledConnection) entry.getConnection();
    }
}

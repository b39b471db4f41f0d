// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.idle.IdleTimeoutLearner;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.IdleAge;
import io.evenkeel.transport.connection.PooledConnection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of a pool: which may be used, which stay, and when the others go. What has to go is evicted, and
 * closed by the pool. Guarded by the lock of its pool.
 *
 * <p>What leaves is leased or evicted first, and taken out then: if anything is thrown in between, it is known to the one
 * or the other, and {@link #forget} mends the rest.
 *
 * <p>One connection of a route that may not be used any more may stay as its canary: nothing is sent on it, but it is
 * watched until the server closes it, which tells after how long the server does. Canaries do not count.
 */
final class IdleConnections {

    private final PoolLimits limits;

    /** Over all routes, the longest idle first. */
    private final Set<Slot> byAge = new LinkedHashSet<>();

    private final Set<Slot> canaries = new LinkedHashSet<>();

    IdleConnections(PoolLimits limits) {
        this.limits = limits;
    }

    boolean isEmpty() {
        return this.byAge.isEmpty() && this.canaries.isEmpty();
    }

    /** Takes a connection out of everything, in whatever state that is. */
    void forget(Slot slot) {
        RoutePool routePool = slot.routePool;
        routePool.idle.remove(slot);
        this.byAge.remove(slot);
        this.canaries.remove(slot);
        if (routePool.canary == slot) {
            routePool.canary = null;
        }
    }

    /**
     * Leases the freshest of a route that a request may ride; it is idle no more.
     *
     * @param lease whose request
     */
    @Nullable
    Slot poll(RoutePool routePool, Lease lease, long now, Evictions evictions) {
        IdleTimeoutLearner learner = routePool.learner();
        for (var idle = routePool.idle.iterator(); idle.hasNext(); ) {
            Slot slot = idle.next();
            PooledConnection connection = slot.connection();
            IdleAge age = connection.history().idleAge();
            long bound = learner.bound(age.hint(), now);
            if (age.most(now) >= bound || connection.history().isPastLifetime(now)) {
                retire(slot, now, evictions);
                idle.remove();
                continue;
            }
            bound = lease.isCareful() ? learner.provenBound(age.hint(), now) : bound;
            if (age.most(now) >= bound) {
                age.passOver();
                continue;
            }
            routePool.history.permitUpTo(connection, bound);
            routePool.lease(slot, lease, now);
            idle.remove();
            this.byAge.remove(slot);
            return slot;
        }
        return null;
    }

    /** {@return time for which a connection may carry requests yet, those that may be sent twice} */
    private static long remaining(Slot slot, long now) {
        ConnectionHistory history = slot.connection().history();
        IdleAge age = history.idleAge();
        return Math.min(
                slot.routePool.learner().bound(age.hint(), now) - age.most(now), history.remainingLifetime(now));
    }

    /**
     * Keeps a connection, the freshest of all.
     *
     * @return when the first of the idle connections is due that was not due at that time before
     */
    long add(Slot slot, long now, Evictions evictions) {
        RoutePool routePool = slot.routePool;
        routePool.idle.addFirst(slot);
        this.byAge.add(slot);
        long dueAt = now + remaining(slot, now);
        while (routePool.idle.size() > this.limits.maxSize()) {
            // The oldest is the first whose time is over, and it may be over already.
            Slot oldest = routePool.idle.getLast();
            long lingersUntil = oldest.connection().history().idleAge().since()
                    + this.limits.overflowLinger().toNanos();
            if (lingersUntil - now > 0) {
                dueAt = (lingersUntil - dueAt < 0) ? lingersUntil : dueAt;
                break;
            }
            dismissSurplus(oldest, now, evictions);
            routePool.idle.removeLast();
        }
        if (this.byAge.size() > this.limits.maxIdle()) {
            Slot oldest = this.byAge.iterator().next();
            evictions.add(oldest, CloseReason.IDLE);
            forget(oldest);
        }
        return dueAt;
    }

    /** Evicts the longest idle connection of a route, for one that is needed more. */
    void evictOldest(RoutePool routePool, Evictions evictions) {
        Slot oldest = routePool.idle.peekLast();
        if (oldest != null) {
            evict(oldest, CloseReason.SURPLUS, evictions);
            routePool.idle.removeLast();
        }
    }

    /** Evicts the connections of a route that have been idle since the given time, or for longer. */
    void evictIdleSince(RoutePool routePool, long since, Evictions evictions) {
        for (var idle = routePool.idle.descendingIterator(); idle.hasNext(); ) {
            Slot slot = idle.next();
            if (slot.connection().history().idleAge().since() - since > 0) {
                return;
            }
            evict(slot, CloseReason.LEARNED, evictions);
            idle.remove();
        }
    }

    private void evict(Slot slot, CloseReason reason, Evictions evictions) {
        evictions.add(slot, reason);
        this.byAge.remove(slot);
    }

    /** Lets a connection go that may carry no more requests, or makes it the canary of its route. */
    private void retire(Slot slot, long now, Evictions evictions) {
        if (slot.connection().history().isPastLifetime(now)) {
            evict(slot, CloseReason.MAX_LIFETIME, evictions);
        } else if (mayBeCanary(slot, now)) {
            makeCanary(slot, evictions);
        } else {
            CloseReason reason = slot.routePool.learner().hasLearned() ? CloseReason.LEARNED : CloseReason.IDLE;
            evict(slot, reason, evictions);
        }
    }

    private void makeCanary(Slot slot, Evictions evictions) {
        boolean done = false;
        try {
            slot.routePool.canary = slot;
            this.canaries.add(slot);
            this.byAge.remove(slot);
            done = true;
        } finally {
            if (!done) {
                evictions.add(slot, CloseReason.ERROR);
            }
        }
    }

    private void dismissSurplus(Slot slot, long now, Evictions evictions) {
        // One that no request would ride is not there for want of requests: it is there for want of knowledge.
        if (slot.connection().history().idleAge().wasPassedOver()) {
            retire(slot, now, evictions);
        } else {
            evict(slot, CloseReason.SURPLUS, evictions);
        }
    }

    /** {@return whether a connection that may carry no more requests is of use nonetheless} */
    boolean mayBeCanary(Slot slot, long now) {
        return slot.routePool.canary == null
                && this.canaries.size() < this.limits.maxIdle()
                && slot.connection().idleWatch().isPossible()
                && timeAsCanary(slot, now) > 0;
    }

    /** {@return time for which a canary may yet find out something} */
    private long timeAsCanary(Slot slot, long now) {
        if (!slot.routePool.learner().isCurious(now)) {
            return 0;
        }
        ConnectionHistory history = slot.connection().history();
        long remaining =
                this.limits.maxIdleTimeout().toNanos() - history.idleAge().least(now);
        return Math.min(remaining, history.remainingLifetime(now));
    }

    void evictCanary(RoutePool routePool, CloseReason reason, Evictions evictions) {
        Slot canary = routePool.canary;
        if (canary != null) {
            evictions.add(canary, reason);
            this.canaries.remove(canary);
            routePool.canary = null;
        }
    }

    /**
     * Evicts those of a route that are due, and learns from those that are seen alive.
     *
     * @param now a time since which the watched connections were looked at
     * @param watchAfterNanos idle time from which on a connection is worth watching
     * @param unwatched receives those that are
     * @return time until the next is due, {@code Long.MAX_VALUE} if none is idle
     */
    long sweep(
            RoutePool routePool,
            long now,
            long watchAfterNanos,
            List<PooledConnection> unwatched,
            Evictions evictions) {
        long linger = this.limits.overflowLinger().toNanos();
        long next = Long.MAX_VALUE;
        int position = 0;
        for (var idle = routePool.idle.iterator(); idle.hasNext(); ) {
            Slot slot = idle.next();
            PooledConnection connection = slot.connection();
            routePool.history.learnFromWatched(connection, now);
            long remaining = remaining(slot, now);
            if (remaining <= 0) {
                retire(slot, now, evictions);
                idle.remove();
                continue;
            }
            long idleNanos = connection.history().idleAge().least(now);
            if (position >= this.limits.maxSize()) {
                if (linger <= idleNanos) {
                    dismissSurplus(slot, now, evictions);
                    idle.remove();
                    continue;
                }
                remaining = Math.min(remaining, linger - idleNanos);
            }
            position++;
            next = Math.min(next, remaining);
            if (idleNanos >= watchAfterNanos) {
                unwatched.add(connection);
            }
        }
        return Math.min(next, sweepCanary(routePool, now, unwatched, evictions));
    }

    private long sweepCanary(RoutePool routePool, long now, List<PooledConnection> unwatched, Evictions evictions) {
        Slot canary = routePool.canary;
        if (canary == null) {
            return Long.MAX_VALUE;
        }
        PooledConnection connection = canary.connection();
        routePool.history.learnFromWatched(connection, now);
        long remaining = timeAsCanary(canary, now);
        if (remaining <= 0) {
            boolean old = connection.history().isPastLifetime(now);
            evictCanary(routePool, old ? CloseReason.MAX_LIFETIME : CloseReason.IDLE, evictions);
            return Long.MAX_VALUE;
        }
        unwatched.add(connection);
        return remaining;
    }

    /** Evicts those for which the rule has a reason, canaries too. */
    void evictIf(BiFunction<PooledConnection, RoutePool, @Nullable CloseReason> rule, Evictions evictions) {
        evictIf(rule, this.byAge.iterator(), evictions);
        evictIf(rule, this.canaries.iterator(), evictions);
    }

    private static void evictIf(
            BiFunction<PooledConnection, RoutePool, @Nullable CloseReason> rule,
            Iterator<Slot> all,
            Evictions evictions) {
        while (all.hasNext()) {
            Slot slot = all.next();
            RoutePool routePool = slot.routePool;
            CloseReason reason = rule.apply(slot.connection(), routePool);
            if (reason != null) {
                evictions.add(slot, reason);
                all.remove();
                if (routePool.canary == slot) {
                    routePool.canary = null;
                } else {
                    routePool.idle.remove(slot);
                }
            }
        }
    }
}

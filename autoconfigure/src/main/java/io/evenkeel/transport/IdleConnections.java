// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.PoolLimits;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of a pool: which may be used, which stay, and when the others go. What has to go is condemned, and
 * closed by the pool. Guarded by the lock of its pool.
 */
final class IdleConnections {

    private final PoolLimits limits;

    /** Over all routes, the longest idle first. */
    private final Map<PoolEntry<HttpRoute, ManagedHttpClientConnection>, RoutePool> byAge = new LinkedHashMap<>();

    IdleConnections(PoolLimits limits) {
        this.limits = limits;
    }

    boolean isEmpty() {
        return this.byAge.isEmpty();
    }

    /** {@return the freshest of the route that may still be used, which is idle no more} */
    @Nullable
    PoolEntry<HttpRoute, ManagedHttpClientConnection> poll(RoutePool routePool, long now, Closing closing) {
        PoolEntry<HttpRoute, ManagedHttpClientConnection> entry;
        while ((entry = routePool.idle.pollFirst()) != null) {
            this.byAge.remove(entry);
            PooledConnection connection = connection(entry);
            if (connection.expiresAt() - now > 0) {
                return entry;
            }
            closing.add(routePool, entry, connection.pastLifetime(now) ? CloseReason.MAX_LIFETIME : CloseReason.IDLE);
        }
        return null;
    }

    /**
     * Keeps a connection, the freshest of all.
     *
     * @return when the first of the idle connections is due that was not due at that time before
     */
    long add(RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, long now, Closing closing) {
        routePool.idle.addFirst(entry);
        this.byAge.put(entry, routePool);
        long dueAt = connection(entry).expiresAt();
        while (routePool.idle.size() > this.limits.maxSize()) {
            // The oldest is the first whose time is over, and it may be over already.
            PoolEntry<HttpRoute, ManagedHttpClientConnection> oldest = routePool.idle.getLast();
            long lingersUntil = connection(oldest).idleSince()
                    + this.limits.overflowLinger().toNanos();
            if (lingersUntil - now > 0) {
                dueAt = (lingersUntil - dueAt < 0) ? lingersUntil : dueAt;
                break;
            }
            condemn(oldest, routePool, CloseReason.SURPLUS, closing);
        }
        if (this.byAge.size() > this.limits.maxIdle()) {
            var oldest = this.byAge.entrySet().iterator().next();
            condemn(oldest.getKey(), oldest.getValue(), CloseReason.IDLE, closing);
        }
        return dueAt;
    }

    private void condemn(
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry,
            RoutePool routePool,
            CloseReason reason,
            Closing closing) {
        routePool.idle.removeLastOccurrence(entry);
        this.byAge.remove(entry);
        closing.add(routePool, entry, reason);
    }

    /**
     * Condemns those of a route that are due.
     *
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
            boolean surplus = position >= this.limits.maxSize();
            long remaining = connection.expiresAt() - now;
            if (surplus) {
                remaining = Math.min(remaining, connection.idleSince() + linger - now);
            }
            if (remaining <= 0) {
                idle.remove();
                this.byAge.remove(entry);
                closing.add(routePool, entry, dueReason(connection, surplus, now));
                continue;
            }
            position++;
            next = Math.min(next, remaining);
            if (now - connection.idleSince() >= watchAfterNanos) {
                unwatched.add(connection);
            }
        }
        return next;
    }

    private static CloseReason dueReason(PooledConnection connection, boolean surplus, long now) {
        if (connection.expiresAt() - now > 0) {
            return CloseReason.SURPLUS;
        }
        if (connection.pastLifetime(now)) {
            return CloseReason.MAX_LIFETIME;
        }
        return surplus ? CloseReason.SURPLUS : CloseReason.IDLE;
    }

    /** Condemns those for which the rule has a reason. */
    void removeIf(Function<PooledConnection, @Nullable CloseReason> rule, Closing closing) {
        for (Iterator<Map.Entry<PoolEntry<HttpRoute, ManagedHttpClientConnection>, RoutePool>> all =
                        this.byAge.entrySet().iterator();
                all.hasNext(); ) {
            var each = all.next();
            CloseReason reason = rule.apply(connection(each.getKey()));
            if (reason != null) {
                all.remove();
                each.getValue().idle.remove(each.getKey());
                closing.add(each.getValue(), each.getKey(), reason);
            }
        }
    }

    private static PooledConnection connection(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        return (PooledConnection) entry.getConnection();
    }
}

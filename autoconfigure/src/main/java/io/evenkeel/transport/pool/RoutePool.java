// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.policy.IdleTimeoutLearner;
import io.evenkeel.transport.connection.PooledConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.DisposalCallback;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one route and the callers that wait for one. Guarded by the lock of its pool; it exists while there
 * is anything in it.
 */
final class RoutePool {

    private final HttpRoute route;
    private final String origin;
    private final int maxPerRoute;
    private final RouteMemory memory;
    private final DisposalCallback<ManagedHttpClientConnection> disposal;

    /** Freshest first. */
    final Deque<PoolEntry<HttpRoute, ManagedHttpClientConnection>> idle = new ArrayDeque<>();

    /** What is in use, by whom. */
    final Map<PoolEntry<HttpRoute, ManagedHttpClientConnection>, Lease> leased = new LinkedHashMap<>();

    /** Who came first is served first. */
    final Deque<Waiter> waiters = new ArrayDeque<>();

    /** Places kept free for replays. */
    int reserved;

    /** Connections that are being closed: they are open until that is done. The oldest first. */
    final Deque<Closing.Condemned> closing = new ArrayDeque<>();

    /** Idle and only watched: nothing is sent on it any more. */
    @Nullable
    PoolEntry<HttpRoute, ManagedHttpClientConnection> scout;

    RoutePool(
            HttpRoute route,
            String origin,
            int maxPerRoute,
            RouteMemory memory,
            DisposalCallback<ManagedHttpClientConnection> disposal) {
        this.route = route;
        this.origin = origin;
        this.maxPerRoute = maxPerRoute;
        this.memory = memory;
        this.disposal = disposal;
    }

    HttpRoute route() {
        return this.route;
    }

    String origin() {
        return this.origin;
    }

    RouteMemory memory() {
        return this.memory;
    }

    IdleTimeoutLearner learner() {
        return this.memory.learner();
    }

    /** {@return connections that are open, about to be, or not closed yet, without the scout} */
    int open() {
        return this.leased.size() + this.idle.size() + this.reserved + this.closing.size();
    }

    /** {@return whether one more connection may be open} */
    boolean hasPlace() {
        return open() < this.maxPerRoute;
    }

    /** {@return connections that a caller has, or is promised} */
    int inUse() {
        return this.leased.size() + this.reserved;
    }

    boolean isEmpty() {
        return open() == 0 && this.scout == null && this.waiters.isEmpty();
    }

    /** {@return an entry without a connection: whoever gets it dials} */
    PoolEntry<HttpRoute, ManagedHttpClientConnection> newEntry() {
        return new PoolEntry<>(this.route, null, this.disposal);
    }

    void lease(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, Lease lease, long now) {
        lease.begin(entry, now);
        this.leased.put(entry, lease);
    }

    /** Ends a lease, if it lasts. */
    boolean end(Lease lease) {
        PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = lease.entry();
        return entry != null && this.leased.remove(entry, lease);
    }

    /** {@return a place for a new connection} It must be free. */
    PoolEntry<HttpRoute, ManagedHttpClientConnection> leaseNew(Lease lease, long now) {
        PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = newEntry();
        lease(entry, lease, now);
        return entry;
    }

    /** Gives a freed place to the first caller in line. */
    void grantPlace(long now) {
        if (!this.waiters.isEmpty() && hasPlace()) {
            grant(newEntry(), now);
        }
    }

    /** {@return whether there was a caller in line who has the connection or the place now} */
    boolean grant(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, long now) {
        Waiter waiter;
        while ((waiter = this.waiters.peekFirst()) != null) {
            if (!waiter.isAnswered()) {
                grant(waiter, entry, now);
                this.waiters.pollFirst();
                return true;
            }
            this.waiters.pollFirst();
        }
        return false;
    }

    /** Hands over a connection, or leaves all as it was. */
    private void grant(Waiter waiter, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, long now) {
        Lease before = this.leased.get(entry);
        boolean granted = false;
        try {
            lease(entry, waiter.lease(), now);
            if (entry.getConnection() instanceof PooledConnection connection) {
                this.memory.permit(connection, now);
            }
            waiter.grant(entry);
            granted = true;
        } finally {
            if (!granted) {
                waiter.withdraw();
                if (before != null) {
                    this.leased.put(entry, before);
                } else {
                    this.leased.remove(entry);
                }
            }
        }
    }
}

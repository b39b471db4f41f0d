// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.idle.IdleTimeoutLearner;
import io.evenkeel.transport.connection.PooledConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.DisposalCallback;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.PoolStats;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one route and the callers that wait for one. Guarded by the lock of its pool; it exists while there
 * is anything in it.
 */
final class RoutePool {

    final HttpRoute route;
    final String origin;
    final RouteHistory history;

    private final int maxPerRoute;
    private final DisposalCallback<ManagedHttpClientConnection> disposal;

    /** Freshest first. */
    final Deque<Slot> idle = new ArrayDeque<>();

    /** What is in use, by whom. */
    final Map<PoolEntry<HttpRoute, ManagedHttpClientConnection>, Lease> leased = new LinkedHashMap<>();

    /** Who came first is served first. */
    final Deque<Lease> waiting = new ArrayDeque<>();

    /** Places kept free for replays. */
    int reserved;

    /** Connections that are being closed: they are open until that is done. The oldest first. */
    final Deque<Slot> closing = new ArrayDeque<>();

    /** Idle and only watched: nothing is sent on it any more. */
    @Nullable
    Slot canary;

    RoutePool(
            HttpRoute route,
            String origin,
            int maxPerRoute,
            RouteHistory history,
            DisposalCallback<ManagedHttpClientConnection> disposal) {
        this.route = route;
        this.origin = origin;
        this.maxPerRoute = maxPerRoute;
        this.history = history;
        this.disposal = disposal;
    }

    IdleTimeoutLearner learner() {
        return this.history.learner();
    }

    /** {@return connections that are open, about to be, or not closed yet, without the canary} */
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
        return open() == 0 && this.canary == null && this.waiting.isEmpty();
    }

    void lease(Slot slot, Lease lease, long now) {
        lease.begin(slot, now);
        this.leased.put(slot.entry, lease);
    }

    /** Ends a lease, if it lasts. */
    boolean end(Lease lease) {
        Slot slot = lease.slot();
        return slot != null && this.leased.remove(slot.entry, lease);
    }

    /** {@return a place for a new connection} It must be free. */
    Slot leaseNew(Lease lease, long now) {
        Slot slot = newSlot();
        lease(slot, lease, now);
        return slot;
    }

    private Slot newSlot() {
        return new Slot(this, new PoolEntry<>(this.route, null, this.disposal));
    }

    /** Gives a freed place to the first caller in line. */
    void grantPlace(long now) {
        if (!this.waiting.isEmpty() && hasPlace()) {
            grant(newSlot(), now);
        }
    }

    /** {@return whether there was a caller in line who has the connection or the place now} */
    boolean grant(Slot slot, long now) {
        Lease first;
        while ((first = this.waiting.peekFirst()) != null) {
            if (first.isWaiting()) {
                grant(first, slot, now);
                this.waiting.pollFirst();
                return true;
            }
            this.waiting.pollFirst();
        }
        return false;
    }

    /** Hands over a connection, or leaves all as it was. */
    private void grant(Lease lease, Slot slot, long now) {
        Lease before = this.leased.get(slot.entry);
        boolean granted = false;
        try {
            lease(slot, lease, now);
            if (slot.entry.getConnection() instanceof PooledConnection connection) {
                this.history.permit(connection, now);
            }
            lease.answered();
            granted = true;
        } finally {
            if (!granted) {
                lease.withdraw();
                if (before != null) {
                    this.leased.put(slot.entry, before);
                } else {
                    this.leased.remove(slot.entry);
                }
            }
        }
    }

    RouteSnapshot snapshot(long now) {
        return new RouteSnapshot(
                this.origin,
                this.leased.size(),
                this.idle.size(),
                this.waiting.size(),
                this.history.advice().recommended(now));
    }

    /** {@return its state, in HttpClient's terms} */
    PoolStats stats() {
        return new PoolStats(this.leased.size(), this.waiting.size(), this.idle.size(), this.maxPerRoute);
    }
}

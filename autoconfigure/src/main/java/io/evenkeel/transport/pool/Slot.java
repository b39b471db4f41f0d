// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.transport.connection.PooledConnection;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;

/**
 * A place of a route, and the connection that has it or is to be opened for it. HttpClient knows its entry alone. Guarded by
 * the lock of the pool.
 */
final class Slot {

    final RoutePool routePool;
    final PoolEntry<HttpRoute, ManagedHttpClientConnection> entry;

    // of one whose connection is to be closed
    private CloseReason evictedAs = CloseReason.NOT_REUSABLE;
    private long evictedAt;
    private boolean keepsPlace;

    /** Whoever gets it dials. */
    Slot(RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        this.routePool = routePool;
        this.entry = entry;
    }

    boolean hasConnection() {
        return this.entry.hasConnection();
    }

    /** {@return its connection, which it must have} */
    PooledConnection connection() {
        return (PooledConnection) this.entry.getConnection();
    }

    /** The connection is to be closed; the place is somebody else's already, or there is none. */
    void evict(CloseReason reason) {
        this.evictedAs = reason;
    }

    /** The connection is to be closed, and keeps the place until it is: it is open as long. */
    void evict(CloseReason reason, long now) {
        this.evictedAs = reason;
        this.evictedAt = now;
        if (!this.keepsPlace) {
            this.routePool.closing.add(this);
            this.keepsPlace = true;
        }
    }

    CloseReason evictedAs() {
        return this.evictedAs;
    }

    long evictedAt() {
        return this.evictedAt;
    }

    boolean keepsPlace() {
        return this.keepsPlace;
    }

    /** {@return whether the place is free now, and was not before} */
    boolean leavePlace() {
        boolean left = this.keepsPlace;
        if (left) {
            this.routePool.closing.remove(this);
            this.keepsPlace = false;
        }
        return left;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.error.EvenkeelException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;

/**
 * One caller's request for a connection, in the shape that HttpClient asks for. All of it happens in
 * {@link #get(long, TimeUnit)}, on the caller's thread: nothing is taken from the pool that nobody will fetch.
 */
final class Acquisition implements Future<PoolEntry<HttpRoute, ManagedHttpClientConnection>> {

    private final ConnectionPool pool;
    private final HttpRoute route;
    private final @Nullable ReplayPlace place;

    private @Nullable String origin;
    private boolean passedBy;
    private boolean deadSkipped;
    private Duration waited = Duration.ZERO;

    // guarded by the lock of the pool
    private @Nullable Waiter waiter;
    private boolean cancelled;
    private boolean done;

    Acquisition(ConnectionPool pool, HttpRoute route, @Nullable ReplayPlace place) {
        this.pool = pool;
        this.route = route;
        this.place = place;
    }

    HttpRoute route() {
        return this.route;
    }

    String origin() {
        String known = this.origin;
        return (known != null) ? known : Origins.of(this.route);
    }

    @Nullable
    ReplayPlace place() {
        return this.place;
    }

    /** {@return whether the request must not be sent twice, so that it must not ride a connection that it could lose} */
    boolean isCareful() {
        return this.place == null || !this.place.mayBeSentTwice();
    }

    @Override
    public PoolEntry<HttpRoute, ManagedHttpClientConnection> get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException {
        try {
            return this.pool.acquire(this, unit.toNanos(timeout));
        } catch (EvenkeelException | CancellationException ex) {
            throw new ExecutionException(ex);
        }
    }

    @Override
    public PoolEntry<HttpRoute, ManagedHttpClientConnection> get() throws InterruptedException, ExecutionException {
        return get(0, TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return this.pool.cancel(this);
    }

    /** {@return whether there was an idle connection that the request may not ride} */
    boolean hasPassedBy() {
        return this.passedBy;
    }

    /** The wait is over; dead connections were skipped in it, or before it by the same request. */
    void ended(Duration waited, boolean deadSkipped) {
        this.waited = waited;
        this.deadSkipped = deadSkipped;
    }

    Duration waited() {
        return this.waited;
    }

    boolean hasSkippedDead() {
        return this.deadSkipped;
    }

    /** The connection that was handed out has been looked at, and is used. */
    void reused(PooledConnection connection) {
        this.pool.reused(this, connection);
    }

    // The rest is called under the lock of the pool.

    void originLocked(String origin) {
        this.origin = origin;
    }

    void passedByLocked(boolean passedBy) {
        this.passedBy = passedBy;
    }

    void waitAs(Waiter waiter) {
        this.waiter = waiter;
    }

    /** Ends the waiting of another thread; too late once it has its connection. */
    boolean cancelLocked() {
        if (this.done) {
            return false;
        }
        this.cancelled = true;
        if (this.waiter != null) {
            this.waiter.cancel();
        }
        return true;
    }

    void completeLocked() {
        this.done = true;
    }

    boolean cancelledLocked() {
        return this.cancelled;
    }

    // HttpClient asks neither.

    @Override
    public boolean isCancelled() {
        return this.pool.locked(() -> this.cancelled);
    }

    @Override
    public boolean isDone() {
        return this.pool.locked(() -> this.done || this.cancelled);
    }
}

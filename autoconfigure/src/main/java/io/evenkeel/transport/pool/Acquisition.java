// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.CloseReason;
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
 * {@link #get(long, TimeUnit)}, on the caller's thread: nothing is taken from the pool that nobody will fetch. Who holds
 * the connection holds this: when nobody does, the place in the pool is taken back.
 */
public final class Acquisition implements Future<PoolEntry<HttpRoute, ManagedHttpClientConnection>> {

    private final Lender pool;
    private final HttpRoute route;
    private final @Nullable ReplayPlace place;

    private final Lease lease;

    private boolean passedBy;

    // guarded by the lock of the pool
    private @Nullable Waiter waiter;
    private boolean cancelled;
    private boolean done;

    public Acquisition(Lender pool, HttpRoute route, @Nullable ReplayPlace place) {
        this.pool = pool;
        this.route = route;
        this.place = place;
        this.lease = pool.watch(this, route, place);
    }

    /** {@return what it holds in the pool, if anything} */
    Lease lease() {
        return this.lease;
    }

    HttpRoute route() {
        return this.route;
    }

    String origin() {
        return this.lease.origin();
    }

    @Nullable
    ReplayPlace place() {
        return this.place;
    }

    /** {@return whether the request must not be sent twice, so that it must not ride a connection that it could lose} */
    boolean isCareful() {
        return this.place == null || !this.place.mayBeSentTwice();
    }

    /** Gives back whatever it holds, as the call ends in the middle. */
    public void giveUp() {
        this.pool.giveUp(this.lease, CloseReason.ERROR);
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
        return this.pool.locked(this::cancelLocked);
    }

    /** {@return whether there was an idle connection that the request may not ride} */
    boolean hasPassedBy() {
        return this.passedBy;
    }

    // The rest is called under the lock of the pool.

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

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.CloseReason;
import java.lang.ref.Reference;
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
    private final Lease lease;

    public Acquisition(Lender pool, HttpRoute route, @Nullable ReplayPlace place) {
        this.pool = pool;
        this.lease = pool.watch(this, route, place);
    }

    /** Gives back whatever it holds, as the call ends in the middle. */
    public void giveUp() {
        this.pool.giveUp(this.lease, CloseReason.ERROR);
    }

    @Override
    public PoolEntry<HttpRoute, ManagedHttpClientConnection> get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException {
        try {
            return this.pool.acquire(this.lease, unit.toNanos(timeout));
        } catch (EvenkeelException | CancellationException ex) {
            throw new ExecutionException(ex);
        } finally {
            // Until here nobody may conclude that it was dropped.
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public PoolEntry<HttpRoute, ManagedHttpClientConnection> get() throws InterruptedException, ExecutionException {
        return get(0, TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return this.pool.locked(this.lease::cancel);
    }

    // HttpClient asks neither.

    @Override
    public boolean isCancelled() {
        return this.pool.locked(this.lease::isCancelled);
    }

    @Override
    public boolean isDone() {
        return this.lease.slot() != null || isCancelled();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.CloseReason;
import java.util.function.Supplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;

/** The pool, as those who borrow from it know it. Thread-safe. */
interface Lender {

    String client();

    /** Watches what a holder gets from here, so that it cannot get lost. */
    Lease watch(Object holder, HttpRoute route, @Nullable ReplayPlace place);

    /**
     * Hands out the freshest idle connection that is alive and that the request may ride, or the right to open one.
     *
     * @param lease whose
     * @param timeoutNanos longest wait, 0 for any
     * @return an entry with a connection that was just seen alive, or without one
     * @throws InterruptedException if the caller was interrupted while it waited
     * @throws EvenkeelException if the wait was in vain
     */
    PoolEntry<HttpRoute, ManagedHttpClientConnection> acquire(Lease lease, long timeoutNanos)
            throws InterruptedException, EvenkeelException;

    /** {@return what the action returns under the lock of the pool} */
    <T> T locked(Supplier<T> action);

    /** A request went out on the kept connection that was lent. */
    void reused(Lease lease, long idleNanos);

    /**
     * Takes back what a call holds that ended in the middle, and turns it away if it is still in line.
     *
     * @return whether it held a place
     */
    boolean giveUp(Lease lease, CloseReason reason);
}

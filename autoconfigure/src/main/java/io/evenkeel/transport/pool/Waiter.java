// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.EvenkeelException;
import java.util.concurrent.locks.Condition;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;

/** A caller in line for a connection. Guarded by the lock of the pool, which its condition belongs to. */
final class Waiter {

    private final Condition answered;
    private final Lease lease;
    private @Nullable PoolEntry<HttpRoute, ManagedHttpClientConnection> granted;
    private @Nullable EvenkeelException refusal;
    private boolean cancelled;

    /** @param lease of the caller, whose it is to begin */
    Waiter(Condition answered, Lease lease) {
        this.answered = answered;
        this.lease = lease;
    }

    Lease lease() {
        return this.lease;
    }

    void grant(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        this.granted = entry;
        this.answered.signal();
    }

    /** What was granted could not be handed over. */
    void withdraw() {
        this.granted = null;
    }

    void refuse(EvenkeelException refusal) {
        this.refusal = refusal;
        this.answered.signal();
    }

    void cancel() {
        this.cancelled = true;
        this.answered.signal();
    }

    boolean isAnswered() {
        return this.granted != null || this.refusal != null || this.cancelled;
    }

    @Nullable
    PoolEntry<HttpRoute, ManagedHttpClientConnection> granted() {
        return this.granted;
    }

    @Nullable
    EvenkeelException refusal() {
        return this.refusal;
    }

    /** {@return nanoseconds left, zero or less if the time is over; the caller asks again what the answer is} */
    @SuppressWarnings("WaitNotInLoop")
    long await(long nanos) throws InterruptedException {
        return this.answered.awaitNanos(nanos);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.EvenkeelException;
import io.evenkeel.transport.connection.Borrower;
import io.evenkeel.transport.support.Origins;
import io.evenkeel.transport.support.Texts;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * One call's hold on a place in the pool, from before it gets the place, and perhaps waits in line for it, until the place was
 * given back. It does not reach the holder that it is for, and is enqueued once nobody else does: a place that was lost
 * on the way, by whatever was thrown at whatever point, or by a response that was dropped, is known by that.
 */
final class Lease extends PhantomReference<Object> implements Borrower {

    final Lender pool;
    final HttpRoute route;

    /** What becomes of the place if its connection breaks. */
    final @Nullable ReplayPlace place;

    private final Thread thread;

    // written under the lock of the pool
    private volatile @Nullable String origin;
    private volatile long since;
    private volatile @Nullable Slot slot;
    private @Nullable Condition answered;
    private @Nullable EvenkeelException refusal;
    private boolean cancelled;

    // of the thread of the call
    private boolean passedBy;
    private boolean deadSkipped;
    private Duration waited = Duration.ZERO;

    /** Used by whoever has the turn to look. */
    private boolean moved;

    private long movedAt;
    private long transferred;

    /**
     * @param holder while it is reachable, somebody may use what is lent
     * @param place what becomes of the place if its connection breaks
     * @param queue gets the lease when its holder is unreachable
     */
    Lease(
            Object holder,
            Lender pool,
            HttpRoute route,
            @Nullable ReplayPlace place,
            ReferenceQueue<? super Object> queue) {
        super(holder, queue);
        this.pool = pool;
        this.route = route;
        this.thread = Thread.currentThread();
        this.place = place;
    }

    /** {@return the name of the route} */
    String origin() {
        String known = this.origin;
        return (known != null) ? known : Origins.of(this.route);
    }

    /** The pool of the route knows the name already. */
    void origin(String origin) {
        this.origin = origin;
    }

    /** {@return whether the request must not be sent twice, so that it must not ride a connection that it could lose} */
    boolean isCareful() {
        return this.place == null || !this.place.mayBeSentTwice();
    }

    // --- in line, under the lock of the pool ------------------------------------------------------------------------

    /**
     * Waits for an answer, or for as long.
     *
     * @param condition signalled when there is one
     * @return nanoseconds left, zero or less if the time is over; the caller asks again what the answer is
     */
    @SuppressWarnings("WaitNotInLoop")
    long await(Condition condition, long nanos) throws InterruptedException {
        this.answered = condition;
        return condition.awaitNanos(nanos);
    }

    /** {@return whether nobody has said yet what becomes of it} */
    boolean isWaiting() {
        return this.slot == null && this.refusal == null && !this.cancelled;
    }

    /** The place is the call's. */
    void begin(Slot slot, long now) {
        this.since = now;
        this.slot = slot;
    }

    /** What was granted could not be handed over. */
    void withdraw() {
        this.slot = null;
    }

    void refuse(EvenkeelException refusal) {
        this.refusal = refusal;
        answered();
    }

    /** Ends the waiting of another thread; too late once it has its connection. {@return whether it was in time} */
    boolean cancel() {
        if (this.slot != null) {
            return false;
        }
        this.cancelled = true;
        answered();
        return true;
    }

    boolean isCancelled() {
        return this.cancelled;
    }

    void answered() {
        if (this.answered != null) {
            this.answered.signal();
        }
    }

    @Nullable
    EvenkeelException refusal() {
        return this.refusal;
    }

    // --- what was handed out ----------------------------------------------------------------------------------------

    /** {@return what was handed out, null while nothing is} */
    @Nullable
    Slot slot() {
        return this.slot;
    }

    /** {@return when it was handed out} */
    long since() {
        return this.since;
    }

    void passedBy(boolean passedBy) {
        this.passedBy = passedBy;
    }

    /** {@return whether there was an idle connection that the request may not ride} */
    boolean hasPassedBy() {
        return this.passedBy;
    }

    /** The wait is over; dead connections were skipped in it, or before it by the same request. */
    void waited(Duration waited, boolean deadSkipped) {
        this.waited = waited;
        this.deadSkipped = deadSkipped;
    }

    Duration waited() {
        return this.waited;
    }

    boolean hasSkippedDead() {
        return this.deadSkipped;
    }

    @Override
    public void used(long idleNanos) {
        this.pool.reused(this, idleNanos);
    }

    /** {@return for how long nothing has moved on its connection, as far as those who asked can tell} */
    long silence(long now) {
        long transferred = transferred();
        if (transferred != this.transferred) {
            this.transferred = transferred;
            this.moved = true;
            this.movedAt = now;
        }
        return now - (this.moved ? this.movedAt : this.since);
    }

    /** {@return bytes that went over the wire so far in both directions, -1 if it is closed} */
    private long transferred() {
        Slot held = this.slot;
        HttpConnection connection = (held != null) ? held.entry.getConnection() : null;
        EndpointDetails counters = (connection != null) ? connection.getEndpointDetails() : null;
        return (counters != null) ? counters.getSentBytesCount() + counters.getReceivedBytesCount() : -1;
    }

    /** {@return the name of the thread of the call} Made when it is asked for: that of a virtual thread costs a lock. */
    String holder() {
        return Texts.thread(this.thread);
    }
}

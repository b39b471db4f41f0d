// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.deadline.Bound;
import io.evenkeel.event.CallPhase;
import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The bound of one call, from its beginning to the last byte of its response. It ends once: in time, or late, and then the {@link
 * CallTimer} takes the connection away, whatever the call does. Thread-safe, but for the phases, which belong to the thread of
 * the call.
 */
public final class CallDeadline extends Expiring {

    private static final AtomicReferenceFieldUpdater<CallDeadline, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(CallDeadline.class, State.class, "state");

    private enum State {
        RUNNING,
        ENDED,
        EXPIRED
    }

    private final Bound bound;
    private final CallTimer timer;

    /** A call that nobody holds any more is ended by the garbage collector. */
    private final WeakReference<BoundedCall> call;

    private final Ticker ticker;
    private final PhaseTimes phases;
    private final long endsAt;
    private volatile State state = State.RUNNING;

    private CallDeadline(Bound bound, CallTimer timer, BoundedCall call, Ticker ticker) {
        this.bound = bound;
        this.timer = timer;
        this.call = new WeakReference<>(call);
        this.ticker = ticker;
        long now = ticker.nanoTime();
        this.phases = new PhaseTimes(now);
        this.endsAt = now + Math.min(bound.deadline().remainingNanos(), Long.MAX_VALUE / 2);
    }

    /** {@return the bound of the call, if it has one} */
    public static @Nullable CallDeadline of(HttpContext context) {
        return (context.getAttribute(BoundedCall.ATTRIBUTE) instanceof BoundedCall call) ? call.deadline() : null;
    }

    /** Begins the bound of a call. */
    public static CallDeadline begin(Bound bound, CallTimer timer, BoundedCall call, Ticker ticker) {
        CallDeadline deadline = new CallDeadline(bound, timer, call, ticker);
        timer.add(deadline);
        return deadline;
    }

    /** The call of the context, if it has a bound, goes on to a phase. */
    public static void enter(HttpContext context, CallPhase phase) {
        CallDeadline deadline = of(context);
        if (deadline != null) {
            deadline.enter(phase);
        }
    }

    /** The call goes on to a phase. One that is late stays where it was. */
    public void enter(CallPhase phase) {
        long now = this.ticker.nanoTime();
        if (!isOver(now)) {
            this.phases.enter(phase, now);
        }
    }

    /** {@return what is left, zero when it is over} */
    public Duration remaining() {
        return this.bound.deadline().remaining();
    }

    public Bound bound() {
        return this.bound;
    }

    CallPhase phase() {
        return this.phases.phase();
    }

    Map<CallPhase, Duration> spent() {
        return this.phases.spent(this.ticker.nanoTime());
    }

    /** {@return whether no time is left, or was when the call ended} */
    public boolean isOver() {
        return isOver(this.ticker.nanoTime());
    }

    private boolean isOver(long now) {
        State current = this.state;
        return current == State.EXPIRED || (current == State.RUNNING && now - this.endsAt >= 0);
    }

    /**
     * Ends the call.
     *
     * @return whether it ended in time; what it has after that is not to be handed out
     */
    public boolean end() {
        if (this.ticker.nanoTime() - this.endsAt >= 0) {
            STATE.compareAndSet(this, State.RUNNING, State.EXPIRED);
        } else {
            STATE.compareAndSet(this, State.RUNNING, State.ENDED);
        }
        this.timer.remove(this);
        return this.state == State.ENDED;
    }

    @Override
    long endsAt() {
        return this.endsAt;
    }

    /** Takes the connection away, unless the call has ended. */
    @Override
    void expire() {
        if (STATE.compareAndSet(this, State.RUNNING, State.EXPIRED)) {
            BoundedCall late = this.call.get();
            if (late != null) {
                late.abort();
            }
        }
    }

    @Override
    public String toString() {
        Deadline deadline = this.bound.deadline();
        return "%s, %d of %d ms left"
                .formatted(
                        this.state,
                        TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos()),
                        deadline.limit().toMillis());
    }
}

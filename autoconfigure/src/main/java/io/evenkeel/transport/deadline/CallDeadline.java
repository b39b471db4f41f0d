// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.event.BoundSource;
import io.evenkeel.event.CallPhase;
import io.evenkeel.time.Deadline;
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
public final class CallDeadline extends Expiring<BoundedCall> {

    private static final AtomicReferenceFieldUpdater<CallDeadline, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(CallDeadline.class, State.class, "state");

    private enum State {
        RUNNING,
        ENDED,
        EXPIRED
    }

    private final Deadline deadline;
    private final BoundSource source;
    private final CallTimer timer;

    private final PhaseTimes phases;
    private volatile State state = State.RUNNING;

    private CallDeadline(Deadline deadline, BoundSource source, long now, CallTimer timer, BoundedCall call) {
        super(call, now + Math.min(deadline.remainingNanos(now), Long.MAX_VALUE / 2));
        this.deadline = deadline;
        this.source = source;
        this.timer = timer;
        this.phases = new PhaseTimes(now);
    }

    /** {@return the bound of the call, if it has one} */
    public static @Nullable CallDeadline of(HttpContext context) {
        return (context.getAttribute(BoundedCall.ATTRIBUTE) instanceof BoundedCall call) ? call.deadline() : null;
    }

    /** Begins the bound of a call that began at the given time of the ticker. */
    public static CallDeadline begin(
            Deadline deadline, BoundSource source, long now, CallTimer timer, BoundedCall call) {
        CallDeadline begun = new CallDeadline(deadline, source, now, timer, call);
        timer.add(begun);
        return begun;
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
        long now = this.timer.now();
        if (!isOver(now)) {
            this.phases.enter(phase, now);
        }
    }

    /** {@return what is left, zero when it is over} */
    public Duration remaining() {
        return this.deadline.remaining();
    }

    Deadline deadline() {
        return this.deadline;
    }

    BoundSource source() {
        return this.source;
    }

    /** {@return whether it is the client that limits its calls so, and nobody from outside} */
    public boolean isOfClient() {
        return this.source == BoundSource.CLIENT;
    }

    public CallPhase phase() {
        return this.phases.phase();
    }

    Map<CallPhase, Duration> spent() {
        return this.phases.spent(this.timer.now());
    }

    /** {@return whether no time is left, or was when the call ended} */
    public boolean isOver() {
        State current = this.state;
        return (current == State.RUNNING) ? isOver(this.timer.now()) : current == State.EXPIRED;
    }

    private boolean isOver(long now) {
        State current = this.state;
        return current == State.EXPIRED || (current == State.RUNNING && now - endsAt() >= 0);
    }

    /**
     * Ends the call.
     *
     * @return whether it ended in time; what it has after that is not to be handed out
     */
    public boolean end() {
        if (this.state == State.RUNNING) {
            boolean late = this.timer.now() - endsAt() >= 0;
            STATE.compareAndSet(this, State.RUNNING, late ? State.EXPIRED : State.ENDED);
            this.timer.remove(this);
        }
        return this.state == State.ENDED;
    }

    /** Takes the connection away, unless the call has ended. */
    @Override
    void expire() {
        if (STATE.compareAndSet(this, State.RUNNING, State.EXPIRED)) {
            BoundedCall late = get();
            if (late != null) {
                late.abort();
            }
        }
    }

    @Override
    public String toString() {
        return "%s, %d of %d ms left"
                .formatted(
                        this.state,
                        TimeUnit.NANOSECONDS.toMillis(this.deadline.remainingNanos()),
                        this.deadline.limit().toMillis());
    }
}

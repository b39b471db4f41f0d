// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.deadline.Bound;
import io.evenkeel.event.CallPhase;
import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The bound of one call, from its beginning to the last byte of its response. It ends once: in time, or late, and then the {@link
 * CallTimer} takes the connection away, whatever the call does. Thread-safe, but for the phases, which belong to the thread of
 * the call.
 */
public final class CallDeadline {

    private static final String ATTRIBUTE = CallDeadline.class.getName();

    private enum State {
        RUNNING,
        ENDED,
        EXPIRED
    }

    private final Bound bound;
    private final CallTimer timer;
    private final Runnable abort;
    private final PhaseTimes phases;
    private final long endsAt;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

    private CallDeadline(Bound bound, CallTimer timer, Runnable abort, Ticker ticker) {
        this.bound = bound;
        this.timer = timer;
        this.abort = abort;
        long now = ticker.nanoTime();
        this.phases = new PhaseTimes(ticker, now);
        this.endsAt = now + Math.min(bound.deadline().remainingNanos(), Long.MAX_VALUE / 2);
    }

    /** {@return the bound of the call, if it has one} */
    public static @Nullable CallDeadline of(HttpContext context) {
        return (CallDeadline) context.getAttribute(ATTRIBUTE);
    }

    /**
     * Begins the bound of a call.
     *
     * @param abort takes the connection of the call away, or its place in the line; called by any thread
     */
    public static CallDeadline begin(HttpContext context, Bound bound, CallTimer timer, Runnable abort, Ticker ticker) {
        CallDeadline call = new CallDeadline(bound, timer, abort, ticker);
        context.setAttribute(ATTRIBUTE, call);
        timer.add(call);
        return call;
    }

    /** The call has no bound, whatever call its context was that of before. */
    static void forget(HttpContext context) {
        if (of(context) != null) {
            context.removeAttribute(ATTRIBUTE);
        }
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
        if (!isOver()) {
            this.phases.enter(phase);
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
        return this.phases.spent();
    }

    /** {@return whether no time is left, or was when the call ended} */
    public boolean isOver() {
        State current = this.state.get();
        return current == State.EXPIRED
                || (current == State.RUNNING && this.bound.deadline().isOver());
    }

    /**
     * Ends the call.
     *
     * @return whether it ended in time; what it has after that is not to be handed out
     */
    public boolean end() {
        if (this.bound.deadline().isOver()) {
            this.state.compareAndSet(State.RUNNING, State.EXPIRED);
        } else {
            this.state.compareAndSet(State.RUNNING, State.ENDED);
        }
        this.timer.remove(this);
        return this.state.get() == State.ENDED;
    }

    /** {@return when it is over, on the scale of the ticker} */
    long endsAt() {
        return this.endsAt;
    }

    /** The time is over: takes the connection away, unless the call has ended. */
    void expire() {
        if (this.state.compareAndSet(State.RUNNING, State.EXPIRED)) {
            this.abort.run();
        }
    }

    @Override
    public String toString() {
        Deadline deadline = this.bound.deadline();
        return "%s, %d of %d ms left"
                .formatted(
                        this.state.get(),
                        TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos()),
                        deadline.limit().toMillis());
    }
}

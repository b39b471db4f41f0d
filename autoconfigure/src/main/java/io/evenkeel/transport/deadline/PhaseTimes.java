// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.event.CallPhase;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How long a call has been in each phase; several times in some, with redirects and replays. Used by the thread of the call. */
final class PhaseTimes {

    private static final CallPhase[] PHASES = CallPhase.values();

    private final long[] nanos = new long[PHASES.length];
    private CallPhase phase = CallPhase.PREPARING;
    private long since;

    PhaseTimes(long now) {
        this.since = now;
    }

    void enter(CallPhase next, long now) {
        this.nanos[this.phase.ordinal()] += now - this.since;
        this.phase = next;
        this.since = now;
    }

    CallPhase phase() {
        return this.phase;
    }

    /** {@return the time in each phase that it came to, the present one up to now} */
    Map<CallPhase, Duration> spent(long now) {
        enter(this.phase, now);
        Map<CallPhase, Duration> spent = new EnumMap<>(CallPhase.class);
        for (CallPhase each : PHASES) {
            if (this.nanos[each.ordinal()] > 0) {
                spent.put(each, Duration.ofNanos(this.nanos[each.ordinal()]));
            }
        }
        return spent;
    }
}

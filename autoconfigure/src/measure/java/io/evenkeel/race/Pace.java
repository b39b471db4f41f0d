// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** When a lane calls. */
interface Pace {

    /** Waits until the next call is due and tells why it is due then. */
    Gap.Kind await();

    /** {@return a pace that pauses after each answer} */
    static Pace own(Race race, int lane) {
        Gaps gaps = new Gaps(race, lane);
        return () -> {
            Gap gap = gaps.next();
            park(System.nanoTime() + gap.nanos());
            return gap.kind();
        };
    }

    /**
     * Lanes call nearly together: a connection that they share grows old only if nobody calls in between.
     *
     * @param start the same for all lanes of a race
     */
    static Pace together(Race race, int lane, long start) {
        Gaps common = new Gaps(race, 1_000_003);
        Random own = new Random(lane);
        long[] due = {start};
        return () -> {
            Gap gap = common.next();
            // Pauses begin at the answer.
            due[0] += gap.nanos() + race.roundTrip().toNanos();
            park(due[0] + (long) (own.nextDouble() * 5e6));
            return gap.kind();
        };
    }

    private static void park(long until) {
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}

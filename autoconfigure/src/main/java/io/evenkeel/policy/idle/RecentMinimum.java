// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import java.time.Duration;

/**
 * The smallest of the values seen within the last one to two periods: that of the present period and that of the one
 * before. Two numbers forget as well as a list of values does. Not thread-safe.
 */
final class RecentMinimum {

    private final long period;
    private long periodStart;
    private long present = Long.MAX_VALUE;
    private long before = Long.MAX_VALUE;

    RecentMinimum(Duration period) {
        this.period = period.toNanos();
    }

    void add(long value, long now) {
        turn(now);
        this.present = Math.min(this.present, value);
    }

    /** {@return the minimum, {@code Long.MAX_VALUE} without values} It stays until there is a later value. */
    long get() {
        return Math.min(this.present, this.before);
    }

    /** {@return the minimum as of the given time, {@code Long.MAX_VALUE} if all values are forgotten} */
    long get(long now) {
        long past = now - this.periodStart;
        if (past < this.period) {
            return get();
        }
        return (past < 2 * this.period) ? this.present : Long.MAX_VALUE;
    }

    private void turn(long now) {
        long past = now - this.periodStart;
        if (this.present == Long.MAX_VALUE) {
            this.periodStart = now;
        } else if (past >= this.period) {
            this.before = (past < 2 * this.period) ? this.present : Long.MAX_VALUE;
            this.present = Long.MAX_VALUE;
            this.periodStart = now;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.util.concurrent.TimeUnit;

/**
 * The smallest of the values seen within the last five to ten minutes: that of the present five minutes and that of the
 * five before. Two numbers forget as well as a list of values does. Not thread-safe.
 */
final class RecentMinimum {

    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(5);

    private long periodStart;
    private long present = Long.MAX_VALUE;
    private long before = Long.MAX_VALUE;

    void add(long value, long now) {
        turn(now);
        this.present = Math.min(this.present, value);
    }

    /** {@return the minimum, {@code Long.MAX_VALUE} without values} It stays until there is a later value. */
    long get() {
        return Math.min(this.present, this.before);
    }

    private void turn(long now) {
        long past = now - this.periodStart;
        if (this.present == Long.MAX_VALUE) {
            this.periodStart = now;
        } else if (past >= PERIOD_NANOS) {
            this.before = (past < 2 * PERIOD_NANOS) ? this.present : Long.MAX_VALUE;
            this.present = Long.MAX_VALUE;
            this.periodStart = now;
        }
    }
}

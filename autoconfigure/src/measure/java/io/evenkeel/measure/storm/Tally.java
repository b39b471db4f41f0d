// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** What a server counts in each second of a run. Thread-safe. */
final class Tally {

    /** More than any run has. */
    static final int SECONDS = 300;

    private final AtomicIntegerArray received = new AtomicIntegerArray(SECONDS);
    private final AtomicIntegerArray worked = new AtomicIntegerArray(SECONDS);
    private final AtomicIntegerArray wasted = new AtomicIntegerArray(SECONDS);
    private final AtomicIntegerArray refused = new AtomicIntegerArray(SECONDS);

    /** A whole request has arrived. */
    void received(int second) {
        count(this.received, second);
    }

    /**
     * Work begins.
     *
     * @param wasted whether the client has gone already
     */
    void worked(int second, boolean wasted) {
        count(this.worked, second);
        if (wasted) {
            count(this.wasted, second);
        }
    }

    /** There was no place in the queue. */
    void refused(int second) {
        count(this.refused, second);
    }

    private static void count(AtomicIntegerArray of, int second) {
        if (second >= 0 && second < SECONDS) {
            of.incrementAndGet(second);
        }
    }

    /** {@return received, worked, wasted, refused} */
    String line(int second) {
        return "%d,%d,%d,%d"
                .formatted(
                        this.received.get(second),
                        this.worked.get(second),
                        this.wasted.get(second),
                        this.refused.get(second));
    }
}

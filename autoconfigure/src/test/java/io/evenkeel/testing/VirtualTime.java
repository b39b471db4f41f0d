// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that moves only when a test says so. It is safe for use by several threads. It does not wake anybody: code that
 * really waits is not tested with it.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * Pool pool = new Pool(time);
 * time.advance(Duration.ofSeconds(4));
 * }</pre>
 */
public final class VirtualTime implements Ticker {

    private final AtomicLong now;

    /** Starts at an arbitrary value, which is not zero: an age is a difference, and no reading means "never". */
    public VirtualTime() {
        this(-4_711_000_000_123L);
    }

    private VirtualTime(long start) {
        this.now = new AtomicLong(start);
    }

    /** {@return a time that starts at the given reading} */
    public static VirtualTime startingAt(long nanoTime) {
        return new VirtualTime(nanoTime);
    }

    /**
     * {@return a time whose reading overflows after the given duration} A comparison that does not subtract fails with
     * it.
     */
    public static VirtualTime wrappingAfter(Duration duration) {
        return new VirtualTime(Long.MAX_VALUE - duration.toNanos());
    }

    @Override
    public long nanoTime() {
        return this.now.get();
    }

    /**
     * Moves time forward.
     *
     * @throws IllegalArgumentException if the duration is negative: monotonic time does not go back
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("Time does not go back, but was advanced by " + duration);
        }
        this.now.addAndGet(duration.toNanos());
    }

    @Override
    public String toString() {
        return "VirtualTime[" + nanoTime() + " ns]";
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.time;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The time by which something has to be over, and how long it was given. It runs from the moment at which it is made.
 * Immutable, so it may be handed to other threads.
 */
public final class Deadline {

    private static final long UNLIMITED = Long.MAX_VALUE;

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Ticker ticker;
    private final long begin;
    private final long limitNanos;

    private Deadline(Ticker ticker, long begin, long limitNanos) {
        this.ticker = ticker;
        this.begin = begin;
        this.limitNanos = limitNanos;
    }

    /**
     * Begins now.
     *
     * @param limit over at once if it is not positive; never over if it is more than a {@code long} has nanoseconds, 292 years
     */
    public static Deadline after(Duration limit, Ticker ticker) {
        return after(limit, ticker, ticker.nanoTime());
    }

    /** Begins at a time that the ticker gave; otherwise as {@link #after(Duration, Ticker)}. */
    public static Deadline after(Duration limit, Ticker ticker, long begin) {
        return new Deadline(ticker, begin, Math.max(0, TimeUnit.NANOSECONDS.convert(limit)));
    }

    /** {@return one that is never over} */
    public static Deadline unlimited(Ticker ticker) {
        return new Deadline(ticker, ticker.nanoTime(), UNLIMITED);
    }

    public boolean isLimited() {
        return this.limitNanos != UNLIMITED;
    }

    /** {@return what was given from the beginning} Without a limit, it is 292 years. */
    public Duration limit() {
        return Duration.ofNanos(this.limitNanos);
    }

    public Duration elapsed() {
        return Duration.ofNanos(this.ticker.nanoTime() - this.begin);
    }

    /** {@return what is left, zero when it is over} */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /** {@return nanoseconds that are left, 0 when it is over, {@code Long.MAX_VALUE} without a limit} */
    public long remainingNanos() {
        return isLimited() ? remainingNanos(this.ticker.nanoTime()) : UNLIMITED;
    }

    /** {@return what is left at a time that the ticker gave} */
    public long remainingNanos(long now) {
        return isLimited() ? Math.max(0, this.limitNanos - (now - this.begin)) : UNLIMITED;
    }

    /** {@return what is left, as sockets want it: at least 1, and 0 without a limit} */
    public int timeoutMillis() {
        long remaining = remainingNanos();
        long millis = remaining / NANOS_PER_MILLI + ((remaining % NANOS_PER_MILLI > 0) ? 1 : 0);
        return isLimited() ? (int) Math.min(Math.max(1, millis), Integer.MAX_VALUE) : 0;
    }

    public boolean isOver() {
        return remainingNanos() <= 0;
    }

    /** {@return the one of both that is over first; this one if they are over together} Both read the same ticker. */
    public Deadline boundedBy(Deadline other) {
        return (other.remainingNanos() < remainingNanos()) ? other : this;
    }
}

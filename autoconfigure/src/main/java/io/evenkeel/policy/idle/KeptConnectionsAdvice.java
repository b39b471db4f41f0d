// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How many kept connections would have been enough for one route. It plays what happens to the route through pools of
 * every {@code max-size} at once, none of which lets a connection linger, and counts the requests for which the real
 * one had to open a connection, or would have had to without lingering, while a larger one had a connection left.
 *
 * <p>All these pools fit into one row of places. A pool keeps the freshest connections, so what {@code max-size} k + 1
 * keeps is what k keeps, and perhaps one more: place k + 1. A returned connection fills the first free place; an
 * acquired one leaves the first place that is taken, and that is the smallest {@code max-size} that had one left.
 *
 * <p>Counted by half hours, of which the last two are kept. At most {@value #MOST} places. Not thread-safe.
 */
public final class KeptConnectionsAdvice {

    /** The advice does not go further: whoever needs more than this has a reason to decide it alone. */
    public static final int MOST = 128;

    /** Share of the misses that the recommended size spares. */
    public static final int PERCENT = 95;

    private static final long HALF_HOUR = Duration.ofMinutes(30).toNanos();

    private static final int FEWEST_MISSES = 100;

    private final int maxSize;

    /** Until when the connection in a place may be used, the freshest first; a time that is over if there is none. */
    private long[] usableUntil = {};

    private Counts counts = new Counts();
    private Counts before = new Counts();
    private boolean secondHalf;
    private long now;
    private long halfBegan;
    private @Nullable Advice due;

    /**
     * @param maxSize connections that the real pool keeps
     * @param now current time, as of a ticker
     */
    public KeptConnectionsAdvice(int maxSize, long now) {
        this.maxSize = maxSize;
        this.now = now;
        this.halfBegan = now;
    }

    /**
     * A request was given a connection.
     *
     * @param time when; times may arrive a little out of order
     * @return the advice on the hour that is over now, or {@code null}: mostly it is not, or there is nothing to say
     */
    public @Nullable Advice acquired(long time) {
        moveTo(time);
        this.counts.acquired++;
        for (int place = 0; place < this.usableUntil.length; place++) {
            if (this.usableUntil[place] - this.now > 0) {
                this.usableUntil[place] = this.now;
                if (place >= this.maxSize) {
                    this.counts.missed(place - this.maxSize);
                }
                break;
            }
        }
        Advice said = this.due;
        this.due = null;
        return said;
    }

    /**
     * A connection was returned that could be kept, whatever the real pool did with it.
     *
     * @param time when
     * @param until when it could have been used at the latest
     */
    public void released(long time, long until) {
        moveTo(time);
        int free = 0;
        while (free < this.usableUntil.length && this.usableUntil[free] - this.now > 0) {
            free++;
        }
        if (free == MOST) {
            free--;
        } else if (free == this.usableUntil.length) {
            this.usableUntil = Arrays.copyOf(this.usableUntil, Math.min(MOST, 2 * free + 1));
            Arrays.fill(this.usableUntil, free, this.usableUntil.length, this.now);
        }
        // The freshest first, in each of the pools: the others move up, and in smaller pools the oldest falls out.
        System.arraycopy(this.usableUntil, 0, this.usableUntil, 1, free);
        this.usableUntil[0] = until;
    }

    /**
     * {@return the kept connections that would have been enough for {@value #PERCENT} % of the misses of the last hour;
     * what is kept now if there were none; empty if the route was not used}
     *
     * @param time current time
     */
    public OptionalInt recommended(long time) {
        Advice hour = hour(time);
        return (hour.acquired > 0) ? OptionalInt.of(hour.recommended) : OptionalInt.empty();
    }

    /** {@return what was counted in the last two half hours} */
    Advice hour(long time) {
        long age = time - this.halfBegan;
        Counts older = (age < HALF_HOUR) ? this.before : new Counts();
        Counts newer = (age < 2 * HALF_HOUR) ? this.counts : new Counts();
        return sum(older, newer);
    }

    private void moveTo(long time) {
        if (time - this.now > 0) {
            this.now = time;
        }
        long age = this.now - this.halfBegan;
        if (age < HALF_HOUR) {
            return;
        }
        boolean pause = age >= 2 * HALF_HOUR;
        if (this.secondHalf || pause) {
            Advice hour = sum(this.before, this.counts);
            this.due = hour.isWorthSaying() ? hour : null;
        }
        this.before = pause ? new Counts() : this.counts;
        this.counts = new Counts();
        this.secondHalf = !this.secondHalf && !pause;
        this.halfBegan = pause ? this.now : this.halfBegan + HALF_HOUR;
    }

    private Advice sum(Counts one, Counts other) {
        long misses = one.misses() + other.misses();
        int more = 0;
        for (long spared = 0; spared * 100 < misses * PERCENT; more++) {
            spared += one.misses(more) + other.misses(more);
        }
        return new Advice((long) one.acquired + other.acquired, misses, this.maxSize, this.maxSize + more);
    }

    /** What happened in half an hour. */
    private static final class Counts {

        private int acquired;
        private int[] missed = {};

        void missed(int more) {
            if (more >= this.missed.length) {
                this.missed = Arrays.copyOf(this.missed, more + 1);
            }
            this.missed[more]++;
        }

        long misses() {
            return Arrays.stream(this.missed).asLongStream().sum();
        }

        int misses(int more) {
            return (more < this.missed.length) ? this.missed[more] : 0;
        }
    }

    /**
     * One hour of a route.
     *
     * @param acquired requests that were given a connection
     * @param missed those of them for which no kept connection was left, though a larger pool would have had one
     * @param maxSize connections that are kept
     * @param recommended connections that would have been enough for {@value #PERCENT} % of the missed
     */
    public record Advice(long acquired, long missed, int maxSize, int recommended) {

        private boolean isWorthSaying() {
            return this.missed >= FEWEST_MISSES && this.missed * 10 > this.acquired;
        }
    }
}

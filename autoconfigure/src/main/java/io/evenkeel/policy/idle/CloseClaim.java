// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import java.util.concurrent.TimeUnit;

/**
 * An age at which the server closed an idle connection, taken for its timeout until the contrary is shown by connections
 * that live longer. Servers that look at their connections now and then close anywhere between their timeout and twice that
 * (Tomcat): so three that live to twice the age show it, and eight in a row that live somewhat longer make it unlikely
 * enough. Not thread-safe.
 */
final class CloseClaim {

    /** Closes within that time are one event, whatever the ages: that of a server going down. */
    static final long ONE_EVENT = TimeUnit.SECONDS.toNanos(1);

    private static final int FAR_SURVIVORS = 3;
    private static final int NEAR_SURVIVORS = 8;

    /** Seen so often again, it is no accident. */
    private static final int CONFIRMATIONS = 2;

    private long age;
    private long seenAt;
    private int confirmations;
    private int farSurvivors;
    private int nearSurvivors;

    CloseClaim(long age, long now) {
        this.age = age;
        this.seenAt = now;
    }

    long age() {
        return this.age;
    }

    long sinceSeen(long now) {
        return now - this.seenAt;
    }

    /** {@return whether it rests on more than one or two closes} */
    boolean isConfirmed() {
        return this.confirmations >= CONFIRMATIONS;
    }

    /** {@return whether one server may close a connection at this age and another one at the given age} */
    boolean agreesWith(long closeAge) {
        return Math.max(this.age, closeAge) < 2 * Math.min(this.age, closeAge);
    }

    /** A connection was closed at an age that it agrees with. */
    void closedAt(long closeAge, long now) {
        if (closeAge < near()) {
            this.age = Math.min(this.age, closeAge);
            this.seenAt = now;
            this.confirmations++;
            this.farSurvivors = 0;
            this.nearSurvivors = 0;
        }
    }

    /**
     * A connection that was alive at one age is still alive at another. What goes down together with others is older than
     * some of them, and survived nothing.
     */
    void survived(long from, long to, long longestWatch, long now) {
        if (sinceSeen(now) < ONE_EVENT) {
            return;
        }
        long far = Math.min(2 * this.age, longestWatch);
        this.farSurvivors += (from < far && far <= to) ? 1 : 0;
        this.nearSurvivors += (from < near() && near() <= to) ? 1 : 0;
    }

    private long near() {
        return this.age + this.age / 5;
    }

    boolean isRefuted() {
        return this.farSurvivors >= FAR_SURVIVORS || this.nearSurvivors >= NEAR_SURVIVORS;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

/**
 * An age at which the server closed an idle connection, taken for its timeout until the contrary is shown: connections that
 * live to twice that age. Servers that look at their connections now and then close anywhere between their timeout and
 * twice that (Tomcat), so a connection that outlives the age by less shows nothing. Not thread-safe.
 */
final class CloseClaim {

    /** Seen so often in all, it is no accident. */
    private static final int CONFIRMATIONS = 2;

    /** One survivor may be the connection of another server behind the same name. */
    private static final int REFUTATIONS = 3;

    private long age;
    private long seenAt;
    private int confirmations;
    private int survivors;

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

    /** {@return whether one server may close a connection at this age and another at the given one} */
    boolean agreesWith(long closeAge) {
        return Math.max(this.age, closeAge) < 2 * Math.min(this.age, closeAge);
    }

    void confirm(long closeAge, long now) {
        this.age = Math.min(this.age, closeAge);
        this.seenAt = now;
        this.confirmations++;
        this.survivors = 0;
    }

    /** A connection that was alive at one age is still alive at another. */
    void survived(long from, long to, long longestWatch) {
        long refutation = Math.min(2 * this.age, longestWatch);
        if (from < refutation && refutation <= to) {
            this.survivors++;
        }
    }

    boolean isRefuted() {
        return this.survivors >= REFUTATIONS;
    }
}

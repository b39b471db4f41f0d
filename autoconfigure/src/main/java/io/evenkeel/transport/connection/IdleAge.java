// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.policy.idle.IdleTimeoutLearner;

/**
 * How long one connection has been idle, as its server sees it. The server's clock started somewhere between the arrival of
 * the response's head and the return of the connection, which may be far apart if the caller reads slowly: what the caller has
 * yet to read may all have arrived. So there are two ages, and what is decided is on the safe side of both.
 *
 * <p>Changed by the thread that holds the connection, or under the lock of the pool while nobody does.
 */
public final class IdleAge {

    private boolean answered;
    private long answeredAt;
    private long idleSince;
    private long hint = IdleTimeoutLearner.NO_HINT;
    private long seenAliveAt;
    private int periods;
    private boolean passedOver;
    private boolean idle;

    // of the idle time that ended last
    private boolean wasIdle;
    private long usedAt;
    private long aliveAt;
    private long aliveBefore;

    /** The head of a response has arrived. */
    void answered(long now) {
        this.answered = true;
        this.answeredAt = now;
    }

    /**
     * The connection was given back.
     *
     * @param hint bound in nanoseconds that follows from what the server says, or {@link IdleTimeoutLearner#NO_HINT}
     */
    public void begin(long now, long hint) {
        if (!this.answered) {
            this.answeredAt = now;
        }
        this.answered = false;
        this.idleSince = now;
        this.hint = hint;
        this.seenAliveAt = 0;
        this.periods++;
        this.passedOver = false;
        this.idle = true;
        this.wasIdle = false;
    }

    /** The connection was seen alive and is used, from the pool or by the same call once more. */
    public void end(long now) {
        this.wasIdle = this.idle;
        this.usedAt = this.idle ? most(now) : 0;
        this.aliveAt = this.idle ? least(now) : 0;
        this.aliveBefore = this.idle ? this.seenAliveAt : 0;
        this.idle = false;
    }

    /** {@return whether it came from the pool when it was last taken into use, and not from the same call} */
    public boolean wasIdle() {
        return this.wasIdle;
    }

    /** {@return the age at which it was taken into use, the most that it can have been; 0 if it was not idle} */
    public long usedAt() {
        return this.usedAt;
    }

    /** {@return the same, the least that it can have been} */
    public long aliveAt() {
        return this.aliveAt;
    }

    /** {@return the age at which it had last been seen alive before that} */
    public long aliveBefore() {
        return this.aliveBefore;
    }

    public long since() {
        return this.idleSince;
    }

    public long hint() {
        return this.hint;
    }

    /** {@return whether a response arrived since the connection was last idle} */
    public boolean hasAnswered() {
        return this.answered;
    }

    /** {@return the most that the idle age can be; what is sent on the connection depends on it} */
    public long most(long now) {
        return now - this.answeredAt;
    }

    /** {@return the least that it can be; what is learned from a connection that is alive depends on it} */
    public long least(long now) {
        return now - this.idleSince;
    }

    /** {@return the time at which the age is at most the given one} */
    public long at(long age) {
        return this.answeredAt + age;
    }

    /** {@return the least age at which it was last seen alive, 0 if it was not; it is the given one now} */
    public long seenAlive(long age) {
        long before = this.seenAliveAt;
        this.seenAliveAt = age;
        return before;
    }

    /** {@return the least age at which it was last seen alive, 0 if it was not} */
    public long seenAliveAt() {
        return this.seenAliveAt;
    }

    /** {@return whether it was idle more than once, so that it has been used again at least once} */
    public boolean wasReused() {
        return this.periods > 1;
    }

    /** A request would not ride it, because it was idle for too long to be safe. */
    public void passOver() {
        this.passedOver = true;
    }

    public boolean wasPassedOver() {
        return this.passedOver;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.policy.idle.IdleTimeoutLearner;

/** What one connection measures of the way to its server, until the pool fetches it. Used by who holds the connection. */
public final class RoundTrips {

    private static final long NONE = Long.MAX_VALUE;

    private boolean dialed;
    private long dialedAt;
    private long connecting = NONE;
    private long exchanging = NONE;

    /** A socket begins to connect; the last one counts if several addresses are tried. */
    void dialed(long now) {
        this.dialed = true;
        this.dialedAt = now;
    }

    void connected(long now) {
        if (this.dialed) {
            this.connecting = now - this.dialedAt;
        }
    }

    /**
     * A message was answered.
     *
     * @param took counted from the first byte of the message: the response may come before its last
     */
    public void exchanged(long took) {
        this.exchanging = Math.min(this.exchanging, took);
    }

    /** Hands over what was measured since the last time. */
    public void tell(IdleTimeoutLearner learner, long now) {
        if (this.connecting != NONE) {
            learner.connected(this.connecting, now);
            this.connecting = NONE;
        }
        if (this.exchanging != NONE) {
            learner.exchanged(this.exchanging, now);
            this.exchanging = NONE;
        }
    }
}

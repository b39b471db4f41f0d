// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.IdleTimeoutLearner;

/** What one connection measures of the way to its server, until the pool fetches it. Used by who holds the connection. */
final class RoundTrips {

    private static final long NONE = Long.MAX_VALUE;

    private boolean dialed;
    private long dialedAt;
    private long connecting = NONE;
    private long exchanging = NONE;
    private long sentAt;

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

    void handshaken(long took) {
        this.exchanging = Math.min(this.exchanging, took);
    }

    /** A request has left. */
    void sent(long now) {
        this.sentAt = now;
    }

    void answered(long now) {
        this.exchanging = Math.min(this.exchanging, now - this.sentAt);
    }

    /** Hands over what was measured since the last time. */
    void tell(IdleTimeoutLearner learner, long now) {
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

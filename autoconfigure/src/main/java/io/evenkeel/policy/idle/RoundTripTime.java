// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a message to the server and back takes, and the margin that follows from it: a request that leaves later than that
 * before the server's timer fires may meet the server's FIN on the way (the window is one round trip wide).
 *
 * <p>Connecting takes one round trip, but to whoever accepts the connection: a proxy or a balancer close by does it for a
 * server far away. A response takes one round trip and the work of the server, a TLS handshake at least one and the
 * arithmetic. So the round trip is at most the fastest response or handshake, and at least the fastest connecting. Times in
 * nanoseconds. Not thread-safe.
 */
final class RoundTripTime {

    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final long LEAST_MARGIN = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MOST_MARGIN = TimeUnit.SECONDS.toNanos(5);

    /** What timers and schedulers of both sides are late by when all is well. */
    private static final long SLACK = TimeUnit.MILLISECONDS.toNanos(50);

    /** No packet is under way for longer; a server whose fastest response takes longer is slow. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(1);

    private final RecentMinimum connecting = new RecentMinimum(WINDOW);
    private final RecentMinimum exchanging = new RecentMinimum(WINDOW);
    private long usual;
    private long deviation;

    void connected(long took, long now) {
        // Smoothed as TCP does it with its round trips (RFC 6298, section 2).
        if (this.connecting.get() == Long.MAX_VALUE) {
            this.usual = took;
        } else {
            this.deviation += (Math.abs(took - this.usual) - this.deviation) / 4;
            this.usual += (took - this.usual) / 8;
        }
        this.connecting.add(took, now);
    }

    void exchanged(long took, long now) {
        this.exchanging.add(took, now);
    }

    /** {@return what connecting usually takes, 0 if nobody has seen it} */
    long usualConnect() {
        return this.usual;
    }

    long estimate() {
        long fastest = this.exchanging.get();
        if (fastest == Long.MAX_VALUE) {
            fastest = this.connecting.get();
        }
        return (fastest == Long.MAX_VALUE) ? 0 : Math.min(fastest, LONGEST);
    }

    /**
     * {@return how long a request may be held up on this side that was in time by the margin} What is left then still is
     * more than the round trip that it needs.
     */
    long allowance() {
        long margin = margin(0);
        return Math.min(margin / 2, margin - estimate() * 5 / 4);
    }

    /** {@return how much earlier than at the given age a connection has to be used} */
    long margin(long age) {
        long transit = estimate() * 3 / 2 + Math.min(4 * this.deviation, LONGEST) + SLACK;
        return Math.min(MOST_MARGIN, Math.max(LEAST_MARGIN, Math.max(transit, age / 20)));
    }
}

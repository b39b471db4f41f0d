// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.time.Duration;

/**
 * The resolved limits of one client's pools.
 *
 * @param maxSize connections kept for reuse, per route; 0 keeps none
 * @param maxOverflow connections that may be open at once above {@code maxSize}, per route; 0 makes a strict pool
 * @param overflowLinger how long a connection above {@code maxSize} waits for the next request before it is closed;
 *     0 closes it when it is returned
 * @param maxIdle idle connections over all routes, the oldest go first
 * @param acquireTimeout longest wait for a connection when all are in use; 0 turns callers away at once
 * @param idleTimeout longest idle time of a connection that is used again, while the server's own is unknown
 * @param maxIdleTimeout the same once the server's own is known
 * @param learnIdleTimeout whether the idle timeout of the server is learned from what its connections live through
 * @param maxLifetime age above which a connection is not used again, spread by 10 % either way
 */
public record PoolLimits(
        int maxSize,
        int maxOverflow,
        Duration overflowLinger,
        int maxIdle,
        Duration acquireTimeout,
        Duration idleTimeout,
        Duration maxIdleTimeout,
        boolean learnIdleTimeout,
        Duration maxLifetime) {

    public static final PoolLimits DEFAULTS = new PoolLimits(
            1,
            99,
            Duration.ofMillis(500),
            200,
            Duration.ofSeconds(10),
            Duration.ofSeconds(4),
            Duration.ofSeconds(60),
            true,
            Duration.ofMinutes(5));

    public PoolLimits {
        if (maxSize < 0 || maxOverflow < 0 || maxSize > Integer.MAX_VALUE - maxOverflow || maxSize + maxOverflow == 0) {
            throw new IllegalArgumentException("'maxSize' (%d) and 'maxOverflow' (%d) must allow for a connection"
                    .formatted(maxSize, maxOverflow));
        }
    }

    /** {@return connections that may be open at once, per route} */
    public int maxPerRoute() {
        return this.maxSize + this.maxOverflow;
    }
}

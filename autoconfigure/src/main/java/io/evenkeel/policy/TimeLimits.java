// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a client waits, besides Spring Boot's timeouts and that of its pool.
 *
 * @param call a call as a whole, from its beginning to the last byte of its response; 0 is none
 * @param write for the peer to take a byte while a request is written; 0 is none
 * @param sent how servers are told what is left of a call; null if they are not
 */
public record TimeLimits(
        Duration call, Duration write, @Nullable TravellingDeadline sent) {

    public static final TimeLimits DEFAULTS = new TimeLimits(Duration.ZERO, Duration.ofSeconds(30));

    /** Limits that servers are not told of. */
    public TimeLimits(Duration call, Duration write) {
        this(call, write, null);
    }
}

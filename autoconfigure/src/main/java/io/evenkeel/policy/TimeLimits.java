// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.time.Duration;

/**
 * How long a client waits, besides Spring Boot's timeouts and that of its pool.
 *
 * @param call a call as a whole, from its beginning to the last byte of its response; 0 is none
 * @param write for the peer to take a byte while a request is written; 0 is none
 */
public record TimeLimits(Duration call, Duration write) {

    public static final TimeLimits DEFAULTS = new TimeLimits(Duration.ZERO, Duration.ofSeconds(30));
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import java.time.Duration;
import java.util.Set;

/**
 * Which requests of a client are sent again after a failure, and how often.
 *
 * @param enabled whether any request is
 * @param maxRetries of one call, its redirects and challenges included; positive
 * @param statuses of responses that are worth another request
 * @param delay upper bound of the first wait
 * @param maxDelay upper bound of any wait that the server has not asked for
 * @param maxRetryAfter of the server's wishes for a wait, the longest that is followed; a longer one ends the retries
 * @param attemptTimeout limit of the response head of one attempt, 0 for the read timeout
 * @param burst retries that are possible before any request has succeeded; positive
 * @param ratio of a retry that each success allows, between 0 and 1
 */
public record RetrySettings(
        boolean enabled,
        int maxRetries,
        Set<Integer> statuses,
        Duration delay,
        Duration maxDelay,
        Duration maxRetryAfter,
        Duration attemptTimeout,
        int burst,
        double ratio) {

    public static final RetrySettings DEFAULTS = new RetrySettings(
            false,
            2,
            Set.of(429, 502, 503, 504),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ZERO,
            10,
            0.1);

    public RetrySettings {
        statuses = Set.copyOf(statuses);
    }
}

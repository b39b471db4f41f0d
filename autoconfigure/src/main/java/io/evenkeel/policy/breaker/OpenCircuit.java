// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.breaker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a circuit breaker does not let an attempt through.
 *
 * @param breaker its name
 * @param kind what it is doing
 * @param failed attempts that opened it by failing
 * @param slow attempts that opened it by being slow
 * @param attempts in its window
 * @param untilTrial time until the next attempt is let through, null if it is not known
 * @param lastFailure what failed last, null if nothing has
 * @param cause what its library says to that
 */
public record OpenCircuit(
        String breaker,
        Kind kind,
        int failed,
        int slow,
        int attempts,
        @Nullable Duration untilTrial,
        @Nullable String lastFailure,
        Exception cause) {

    /** What a breaker is doing that lets nothing through. */
    public enum Kind {
        /** It waits. */
        OPEN,
        /** Other attempts are under way that decide. */
        TRYING,
        /** Somebody wants it so. */
        FORCED
    }
}

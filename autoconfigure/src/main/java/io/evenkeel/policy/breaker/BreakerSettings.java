// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.breaker;

import java.time.Duration;

/**
 * When the circuit breakers of a client open, and for how long. The names are those of Resilience4j.
 *
 * @param enabled whether there are any
 * @param perRoute whether each route has one of its own, so that one bad host does not close the others
 * @param failureRateThreshold in percent, above 0 and at most 100: one opens when so many of the attempts in its window failed
 * @param slidingWindowType what its window is measured in
 * @param slidingWindowSize attempts, or seconds; positive
 * @param minimumNumberOfCalls attempts before a rate means anything; positive
 * @param permittedNumberOfCallsInHalfOpenState attempts that decide whether it closes again; positive
 * @param waitDurationInOpenState until the first of them; it is spread by a fifth, so that clients do not try in one instant
 * @param slowCallDurationThreshold an attempt that took longer was slow, 0 if none is
 * @param slowCallRateThreshold in percent, as the rate of failures
 */
public record BreakerSettings(
        boolean enabled,
        boolean perRoute,
        double failureRateThreshold,
        WindowType slidingWindowType,
        int slidingWindowSize,
        int minimumNumberOfCalls,
        int permittedNumberOfCallsInHalfOpenState,
        Duration waitDurationInOpenState,
        Duration slowCallDurationThreshold,
        double slowCallRateThreshold) {

    /** What the window of a breaker is measured in. */
    public enum WindowType {
        /** In attempts. */
        COUNT_BASED,
        /** In seconds. */
        TIME_BASED
    }

    public static final BreakerSettings DEFAULTS = new BreakerSettings(
            false, true, 50, WindowType.COUNT_BASED, 20, 20, 3, Duration.ofSeconds(5), Duration.ZERO, 100);

    /** {@return the same, switched on or off} */
    public BreakerSettings enabled(boolean on) {
        return new BreakerSettings(
                on,
                this.perRoute,
                this.failureRateThreshold,
                this.slidingWindowType,
                this.slidingWindowSize,
                this.minimumNumberOfCalls,
                this.permittedNumberOfCallsInHalfOpenState,
                this.waitDurationInOpenState,
                this.slowCallDurationThreshold,
                this.slowCallRateThreshold);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.time.Duration;

/** What the keys under {@code evenkeel.shutdown} may be. */
final class ShutdownRules {

    static final String PREFIX = "evenkeel.shutdown";
    static final String TIMEOUT = PREFIX + ".timeout";
    static final String EXCLUDE = PREFIX + ".exclude";

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(24);

    private ShutdownRules() {}

    /** @throws InvalidSettingException if the time is none that somebody can mean */
    static void check(EvenkeelProperties.Shutdown shutdown) {
        Duration timeout = shutdown.timeout();
        if (timeout.isNegative()) {
            throw refuse(
                    timeout,
                    "a time cannot be negative",
                    "Write 0 to interrupt tasks at once, or remove it for the default of 25s.");
        }
        if (!timeout.isZero() && timeout.compareTo(SHORTEST) < 0) {
            throw refuse(
                    timeout,
                    "hardly any task could end within it",
                    "Write at least 100ms, such as 25s, or 0 to interrupt tasks at once.");
        }
        if (timeout.compareTo(LONGEST) > 0) {
            throw refuse(
                    timeout,
                    "nothing that stops an application waits that long before it kills it",
                    "Write at most 24h, and less than what stops the application waits, such as 25s.");
        }
    }

    private static InvalidSettingException refuse(Duration timeout, String reason, String remedy) {
        return new InvalidSettingException(TIMEOUT, DurationText.of(timeout), reason, remedy);
    }
}

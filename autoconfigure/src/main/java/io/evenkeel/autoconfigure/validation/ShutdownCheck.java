// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import java.time.Duration;

/** What the keys under {@code evenkeel.shutdown} may be. */
public final class ShutdownCheck {

    private static final String TIMEOUT = "evenkeel.shutdown.timeout";

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(24);

    private ShutdownCheck() {}

    /** @throws InvalidSettingException if the time is none that somebody can mean */
    static void check(EvenkeelProperties.Shutdown shutdown) {
        Setting<Duration> timeout = new Setting<>(TIMEOUT, shutdown.timeout())
                .atLeast(
                        Duration.ZERO,
                        "a time cannot be negative",
                        "Write 0 to interrupt tasks at once, or remove it for the default of 25s.")
                .atMost(
                        LONGEST,
                        "nothing that stops an application waits that long before it kills it",
                        "Write at most 24h, and less than what stops the application waits, such as 25s.");
        if (!shutdown.timeout().isZero()) {
            timeout.atLeast(
                    SHORTEST,
                    "hardly any task could end within it",
                    "Write at least 100ms, such as 25s, or 0 to interrupt tasks at once.");
        }
    }
}

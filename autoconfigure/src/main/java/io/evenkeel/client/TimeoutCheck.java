// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Which timeouts of Spring Boot's settings HttpClient can keep. */
public final class TimeoutCheck {

    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private TimeoutCheck() {}

    /** {@return why the timeout cannot be kept, {@code null} if it can} */
    public static @Nullable String violation(Duration timeout) {
        if (timeout.isNegative()) {
            return "a timeout cannot be negative";
        }
        if (!timeout.isZero() && timeout.compareTo(Duration.ofMillis(1)) < 0) {
            return "it is counted in milliseconds, so that it would be rounded to 0, which means no timeout at all";
        }
        if (timeout.compareTo(LONGEST) > 0) {
            return "it is counted in milliseconds of 32 bits, which end after 24 days";
        }
        return null;
    }
}

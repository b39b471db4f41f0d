// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** What the header {@code Retry-After} asks for, RFC 9110, section 10.2.3. */
public final class RetryAfter {

    /** More digits than any wait has that anybody follows. */
    private static final int MOST_DIGITS = 9;

    private RetryAfter() {}

    /**
     * {@return the wait that is asked for, none if the value is malformed}
     *
     * @param value seconds, or a date
     * @param date when the server has answered by its own clock, or null; ours may go otherwise
     * @param now by our clock
     */
    public static @Nullable Duration parse(String value, @Nullable String date, Instant now) {
        String trimmed = value.trim();
        if (!trimmed.isEmpty() && trimmed.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return (trimmed.length() > MOST_DIGITS)
                    ? Duration.ofDays(365L * 30)
                    : Duration.ofSeconds(Long.parseLong(trimmed));
        }
        Instant until = instant(trimmed);
        if (until == null) {
            return null;
        }
        Instant answered = (date != null) ? instant(date.trim()) : null;
        Duration wait = Duration.between((answered != null) ? answered : now, until);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static @Nullable Instant instant(String date) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
        } catch (DateTimeException ex) {
            return null;
        }
    }
}

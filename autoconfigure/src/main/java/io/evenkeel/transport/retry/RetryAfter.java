// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.retry;

import java.time.Duration;
import java.time.Instant;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/** What the header {@code Retry-After} asks for, RFC 9110, section 10.2.3. */
final class RetryAfter {

    /** More digits than any wait has that anybody follows. */
    private static final int MOST_DIGITS = 9;

    private static final Duration A_LONG_TIME = Duration.ofDays(10_000);

    private RetryAfter() {}

    /**
     * {@return the wait that is asked for, none if the value is malformed}
     *
     * @param value seconds, or a date
     * @param date when the server has answered by its own clock, or null; ours may go otherwise
     * @param now by our clock
     */
    static @Nullable Duration parse(String value, @Nullable String date, Instant now) {
        String trimmed = value.trim();
        if (!trimmed.isEmpty() && trimmed.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return (trimmed.length() > MOST_DIGITS) ? A_LONG_TIME : Duration.ofSeconds(Long.parseLong(trimmed));
        }
        Instant until = DateUtils.parseStandardDate(trimmed);
        if (until == null) {
            return null;
        }
        Instant answered = (date != null) ? DateUtils.parseStandardDate(date.trim()) : null;
        Duration wait = Duration.between((answered != null) ? answered : now, until);
        return wait.isNegative() ? Duration.ZERO : wait;
    }
}

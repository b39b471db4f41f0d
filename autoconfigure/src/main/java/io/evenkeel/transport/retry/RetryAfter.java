// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.retry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/** What the header {@code Retry-After} asks for, RFC 9110, section 10.2.3. */
final class RetryAfter {

    /** More digits than any wait has that anybody follows. */
    private static final int MOST_DIGITS = 9;

    private static final Duration A_LONG_TIME = Duration.ofDays(10_000);

    /** Such as {@code Sun Nov  6 08:49:37 1994}. */
    private static final DateTimeFormatter ASCTIME = DateTimeFormatter.ofPattern(
                    "EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

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
        Instant until = date(trimmed);
        if (until == null) {
            return null;
        }
        Instant answered = (date != null) ? date(date.trim()) : null;
        Duration wait = Duration.between((answered != null) ? answered : now, until);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    /** {@return a date in one of the three forms of RFC 9110, section 5.6.7} HttpClient knows two. */
    private static @Nullable Instant date(String value) {
        Instant known = DateUtils.parseStandardDate(value);
        if (known != null) {
            return known;
        }
        try {
            return Instant.from(ASCTIME.parse(value));
        } catch (DateTimeException ex) {
            // A malformed wish is none.
            return null;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How what is left of a deadline is written in a header. It is relative, as clocks differ; the time on the way is lost to
 * the receiver, who therefore never has more than the sender.
 *
 * @param header name of the header
 * @param unit of its value
 */
public record TravellingDeadline(String header, Unit unit) {

    /** More than anybody waits. Whoever says so has something else in mind than a deadline. */
    public static final Duration LONGEST = Duration.ofHours(24);

    /** As many digits as the longest has, and a fraction down to the nanosecond. */
    private static final Pattern SECONDS = Pattern.compile("\\d{1,5}(\\.\\d{1,9})?");

    private static final Pattern MILLIS = Pattern.compile("\\d{1,8}");

    /** What a number in the header counts. */
    public enum Unit {

        /** Decimal seconds, rounded up to the millisecond, as in {@code Expect-Within: 1.25}. */
        SECONDS,

        /** Whole milliseconds, as in {@code x-envoy-expected-rq-timeout-ms: 1250}. */
        MILLIS
    }

    /**
     * Reads a value.
     *
     * @return what is left, rounded up to the millisecond; empty if the value is not a number without sign, or says more than {@link #LONGEST}
     */
    public Optional<Duration> parse(String value) {
        String number = value.strip();
        Duration left = null;
        if (this.unit == Unit.MILLIS && MILLIS.matcher(number).matches()) {
            left = Duration.ofMillis(Long.parseLong(number));
        } else if (this.unit == Unit.SECONDS && SECONDS.matcher(number).matches()) {
            left = Duration.ofMillis(new BigDecimal(number)
                    .movePointRight(3)
                    .setScale(0, RoundingMode.CEILING)
                    .longValueExact());
        }
        return Optional.ofNullable(left).filter(time -> time.compareTo(LONGEST) <= 0);
    }

    /**
     * Writes a value.
     *
     * @param left what is left, not negative
     * @return the value, rounded up to the millisecond: what is left is never written as nothing
     */
    public String format(Duration left) {
        long millis = left.toMillis() + ((left.toNanos() % 1_000_000 > 0) ? 1 : 0);
        return (this.unit == Unit.MILLIS)
                ? Long.toString(millis)
                : String.format(Locale.ROOT, "%d.%03d", millis / 1000, millis % 1000);
    }
}

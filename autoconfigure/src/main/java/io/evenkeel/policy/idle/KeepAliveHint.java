// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code Keep-Alive} field of a response says (RFC 2068, section 19.7.1.1; in use, though never standardized).
 *
 * @param timeout how long the server keeps the idle connection, {@code null} if it does not say
 * @param exhausted whether it takes no further request on the connection ({@code max=0})
 */
public record KeepAliveHint(@Nullable Duration timeout, boolean exhausted) {

    /** The server said nothing that could be understood. */
    public static final KeepAliveHint NONE = new KeepAliveHint(null, false);

    /** At least this much earlier than the server: what a request needs to get there before the server's timer fires. */
    private static final Duration LEAST_MARGIN = Duration.ofSeconds(1);

    /** A field longer than this is not a hint but an attempt to keep the parser busy. */
    private static final int MAX_LENGTH = 256;

    /** Enough for any sensible value, and far from overflow. */
    private static final int MAX_DIGITS = 9;

    /**
     * Parses the values of all {@code Keep-Alive} fields of a response. What is not a number of seconds is ignored, and
     * so is a negative number; of several numbers the smallest counts.
     *
     * @param values field values
     * @return what they say
     */
    public static KeepAliveHint parse(List<String> values) {
        Long seconds = null;
        boolean exhausted = false;
        for (String value : values) {
            if (value.length() > MAX_LENGTH) {
                continue;
            }
            for (String parameter : value.split(",", -1)) {
                int equals = parameter.indexOf('=');
                Long number =
                        (equals > 0) ? number(parameter.substring(equals + 1).trim()) : null;
                if (number == null) {
                    continue;
                }
                switch (parameter.substring(0, equals).trim().toLowerCase(Locale.ROOT)) {
                    case "timeout" -> seconds = (seconds != null) ? Math.min(seconds, number) : number;
                    case "max" -> exhausted |= number == 0;
                    default -> {
                        // Other parameters have no meaning here.
                    }
                }
            }
        }
        return new KeepAliveHint((seconds != null) ? Duration.ofSeconds(seconds) : null, exhausted);
    }

    /**
     * Bounds the idle time by what the server says of itself, minus a margin of a second or a tenth, whichever is more
     * (.NET's and Node's clients use a second). A server that closes within that margin leaves nothing to use.
     *
     * @param most configured bound
     * @return longest idle time of a connection that is used again; zero if it must not be, {@code null} if the server does
     *     not say
     */
    public @Nullable Duration bound(Duration most) {
        if (this.exhausted) {
            return Duration.ZERO;
        }
        if (this.timeout == null) {
            return null;
        }
        Duration tenth = this.timeout.dividedBy(10);
        Duration margin = (tenth.compareTo(LEAST_MARGIN) > 0) ? tenth : LEAST_MARGIN;
        Duration bound = this.timeout.minus(margin);
        if (bound.isNegative()) {
            return Duration.ZERO;
        }
        return (bound.compareTo(most) < 0) ? bound : most;
    }

    private static @Nullable Long number(String text) {
        if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        return (text.length() <= MAX_DIGITS) ? Long.parseLong(text) : Long.valueOf(Integer.MAX_VALUE);
    }
}

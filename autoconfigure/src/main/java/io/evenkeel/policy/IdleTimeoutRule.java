// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Decides how long an idle connection may still be used if its server says how long it keeps it. */
public final class IdleTimeoutRule {

    /** At least this much earlier than the server: what a request needs to get there before the server's timer fires. */
    private static final Duration LEAST_MARGIN = Duration.ofSeconds(1);

    private IdleTimeoutRule() {}

    /**
     * Bounds the idle time by what the server says of itself, minus a margin of a second or a tenth, whichever is more
     * (.NET's and Node's clients use a second). A server that closes within that margin leaves nothing to use.
     *
     * @param hint what the server says
     * @param most configured bound
     * @return longest idle time of a connection that is used again; zero if it must not be, {@code null} if the server does
     *     not say
     */
    public static @Nullable Duration bound(KeepAliveHint hint, Duration most) {
        if (hint.exhausted()) {
            return Duration.ZERO;
        }
        Duration timeout = hint.timeout();
        if (timeout == null) {
            return null;
        }
        Duration tenth = timeout.dividedBy(10);
        Duration margin = (tenth.compareTo(LEAST_MARGIN) > 0) ? tenth : LEAST_MARGIN;
        Duration bound = timeout.minus(margin);
        if (bound.isNegative()) {
            return Duration.ZERO;
        }
        return (bound.compareTo(most) < 0) ? bound : most;
    }
}

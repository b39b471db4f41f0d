// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** What is left of the connect timeout, which bounds all addresses of a host and the TLS handshake together. */
final class ConnectBudget {

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Ticker ticker;
    private final Duration limit;
    private final long start;

    /** @param timeout none if it is not positive */
    ConnectBudget(@Nullable Timeout timeout, Ticker ticker) {
        this.ticker = ticker;
        this.limit = (timeout != null && timeout.isEnabled()) ? timeout.toDuration() : Duration.ZERO;
        this.start = ticker.nanoTime();
    }

    boolean isLimited() {
        return !this.limit.isZero();
    }

    /** {@return the limit, zero if there is none} */
    Duration limit() {
        return this.limit;
    }

    /** {@return what is left, {@code Long.MAX_VALUE} without a limit} */
    long remainingNanos() {
        return isLimited() ? this.limit.toNanos() - (this.ticker.nanoTime() - this.start) : Long.MAX_VALUE;
    }

    boolean isSpent() {
        return remainingNanos() <= 0;
    }

    /** {@return what is left, as sockets want it: at least 1, and 0 without a limit} */
    int remainingMillis() {
        if (!isLimited()) {
            return 0;
        }
        long millis = (remainingNanos() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        return (int) Math.min(Math.max(1, millis), Integer.MAX_VALUE);
    }
}

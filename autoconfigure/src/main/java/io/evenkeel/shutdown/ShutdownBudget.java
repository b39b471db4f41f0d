// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The time that the shutdown of one application context may take, all its steps together. It runs from the first
 * {@link #begin}. Thread-safe.
 */
final class ShutdownBudget {

    private final Ticker ticker;
    private final Duration total;
    private final AtomicReference<@Nullable Long> begunAt = new AtomicReference<>();

    ShutdownBudget(Ticker ticker, Duration total) {
        this.ticker = ticker;
        this.total = total;
    }

    /** Starts the clock, unless it runs already. */
    void begin() {
        this.begunAt.compareAndSet(null, this.ticker.nanoTime());
    }

    boolean hasBegun() {
        return this.begunAt.get() != null;
    }

    Duration total() {
        return this.total;
    }

    Duration elapsed() {
        Long begunAt = this.begunAt.get();
        return (begunAt != null) ? Duration.ofNanos(this.ticker.nanoTime() - begunAt) : Duration.ZERO;
    }

    /** {@return what is left, zero when it is used up} */
    Duration remaining() {
        Duration remaining = this.total.minus(elapsed());
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }

    boolean isOver() {
        return remaining().isZero();
    }
}

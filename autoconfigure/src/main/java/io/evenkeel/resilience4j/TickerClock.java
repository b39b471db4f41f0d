// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.resilience4j;

import io.evenkeel.time.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock for what Resilience4j waits for: it begins with the time of day, and goes on with a ticker, which does not jump. */
final class TickerClock extends Clock {

    private final Ticker ticker;
    private final Instant begin;
    private final long ticksAtBegin;

    TickerClock(Ticker ticker) {
        this.ticker = ticker;
        this.begin = Instant.now();
        this.ticksAtBegin = ticker.nanoTime();
    }

    @Override
    public Instant instant() {
        return this.begin.plusNanos(this.ticker.nanoTime() - this.ticksAtBegin);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("Zones do not matter here");
    }
}

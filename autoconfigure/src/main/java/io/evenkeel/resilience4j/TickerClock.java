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
    private final ZoneId zone;

    TickerClock(Ticker ticker) {
        this(ticker, Instant.now(), ticker.nanoTime(), ZoneOffset.UTC);
    }

    private TickerClock(Ticker ticker, Instant begin, long ticksAtBegin, ZoneId zone) {
        this.ticker = ticker;
        this.begin = begin;
        this.ticksAtBegin = ticksAtBegin;
        this.zone = zone;
    }

    @Override
    public Instant instant() {
        return this.begin.plusNanos(this.ticker.nanoTime() - this.ticksAtBegin);
    }

    @Override
    public ZoneId getZone() {
        return this.zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new TickerClock(this.ticker, this.begin, this.ticksAtBegin, other);
    }
}

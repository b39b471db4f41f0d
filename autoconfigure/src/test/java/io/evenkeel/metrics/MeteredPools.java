// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Pools with the state that a test gives them, and the time that they live in. */
final class MeteredPools implements Supplier<List<PoolSnapshot>>, Ticker {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);

    private final AtomicInteger snapshots = new AtomicInteger();

    private volatile List<PoolSnapshot> pools = List.of();

    static PoolSnapshot pool(String client, RouteSnapshot... routes) {
        return new PoolSnapshot(client, 4, 100, List.of(routes));
    }

    void are(PoolSnapshot... pools) {
        this.pools = List.of(pools);
        advance(Duration.ofMillis(PoolStates.REUSED_MILLIS));
    }

    void advance(Duration duration) {
        this.nanos.addAndGet(duration.toNanos());
    }

    int snapshots() {
        return this.snapshots.get();
    }

    @Override
    public List<PoolSnapshot> get() {
        this.snapshots.incrementAndGet();
        return this.pools;
    }

    @Override
    public long nanoTime() {
        return this.nanos.get();
    }
}

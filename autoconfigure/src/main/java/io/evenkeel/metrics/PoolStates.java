// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of all pools, summed by client and route. A scrape reads hundreds of gauges one by one, so a sum is used
 * again for {@value #REUSED_MILLIS} ms, unless a route got meters of its own or lost them in the meantime.
 */
final class PoolStates {

    static final int REUSED_MILLIS = 100;

    private static final long REUSED_NANOS = Duration.ofMillis(REUSED_MILLIS).toNanos();
    private final Supplier<List<PoolSnapshot>> pools;
    private final BinaryOperator<String> tagOf;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong changes = new AtomicLong();
    private volatile @Nullable Sum latest;

    /**
     * @param pools source of the state
     * @param tagOf finds the tag of a client's route
     * @param ticker tells the age of a sum
     */
    PoolStates(Supplier<List<PoolSnapshot>> pools, BinaryOperator<String> tagOf, Ticker ticker) {
        this.pools = pools;
        this.tagOf = tagOf;
        this.ticker = ticker;
    }

    ClientState current(String client) {
        return current().getOrDefault(client, ClientState.NO_POOLS);
    }

    Map<String, ClientState> current() {
        Sum sum = this.latest;
        if (sum != null && isFresh(sum)) {
            return sum.clients();
        }
        this.lock.lock();
        try {
            sum = this.latest;
            if (sum == null || !isFresh(sum)) {
                sum = sumUp();
                this.latest = sum;
            }
            return sum.clients();
        } finally {
            this.lock.unlock();
        }
    }

    /** Tells that the tag of a route changed. */
    void tagsChanged() {
        this.changes.incrementAndGet();
    }

    private boolean isFresh(Sum sum) {
        return sum.changes() == this.changes.get() && this.ticker.nanoTime() - sum.nanoTime() < REUSED_NANOS;
    }

    private Sum sumUp() {
        long changesBefore = this.changes.get();
        long nanoTime = this.ticker.nanoTime();
        Map<String, ClientState> clients = new HashMap<>();
        for (PoolSnapshot pool : this.pools.get()) {
            clients.computeIfAbsent(pool.client(), client -> new ClientState())
                    .add(pool, route -> this.tagOf.apply(pool.client(), route));
        }
        return new Sum(clients, nanoTime, changesBefore);
    }

    private record Sum(Map<String, ClientState> clients, long nanoTime, long changes) {}
}

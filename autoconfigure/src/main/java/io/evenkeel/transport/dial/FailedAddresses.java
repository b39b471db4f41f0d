// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.policy.AddressOrder;
import io.evenkeel.time.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Remembers for a while which addresses could not be connected to, so that only the first call pays for a dead one. It is
 * never given up for that: it is tried last, and first again after {@link #KEPT}, or once it answered. Thread-safe.
 */
public final class FailedAddresses {

    static final Duration KEPT = Duration.ofSeconds(30);

    private static final int MOST = 1000;

    private final Ticker ticker;

    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock; the oldest failure first
    private final Map<InetSocketAddress, Long> failedAt = new LinkedHashMap<>() {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Long> eldest) {
            return size() > MOST;
        }
    };

    public FailedAddresses(Ticker ticker) {
        this.ticker = ticker;
    }

    void failed(InetSocketAddress address) {
        this.lock.lock();
        try {
            this.failedAt.remove(address);
            this.failedAt.put(address, this.ticker.nanoTime());
        } finally {
            this.lock.unlock();
        }
    }

    void answered(InetSocketAddress address) {
        this.lock.lock();
        try {
            this.failedAt.remove(address);
        } finally {
            this.lock.unlock();
        }
    }

    /** {@return the addresses in the order in which to try them} */
    List<InetSocketAddress> order(List<InetSocketAddress> resolved) {
        this.lock.lock();
        try {
            long now = this.ticker.nanoTime();
            this.failedAt.values().removeIf(at -> now - at >= KEPT.toNanos());
            return AddressOrder.of(resolved, this.failedAt::containsKey);
        } finally {
            this.lock.unlock();
        }
    }

    int size() {
        this.lock.lock();
        try {
            return this.failedAt.size();
        } finally {
            this.lock.unlock();
        }
    }
}

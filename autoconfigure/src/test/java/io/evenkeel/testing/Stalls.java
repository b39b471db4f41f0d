// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Notes how long the machine kept a thread waiting that had something to do. Where a test measures time, what fails behind such a
 * stall says nothing, and is to be done again.
 */
public final class Stalls implements AutoCloseable {

    private static final long NAP = Duration.ofMillis(1).toNanos();

    private final AtomicLong longest = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;
    private volatile long before = System.nanoTime();

    public Stalls() {
        this.thread = new Thread(this::watch, "stalls");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    private void watch() {
        while (!this.closed) {
            LockSupport.parkNanos(NAP);
            long now = System.nanoTime();
            this.longest.accumulateAndGet(now - this.before - NAP, Math::max);
            this.before = now;
        }
    }

    /** {@return the longest since it was asked last} */
    public Duration take() {
        // One that ends just now may have been noted by nobody yet.
        long going = System.nanoTime() - this.before - NAP;
        return Duration.ofNanos(Math.max(0, Math.max(going, this.longest.getAndSet(0))));
    }

    @Override
    public void close() throws InterruptedException {
        this.closed = true;
        this.thread.join();
    }
}

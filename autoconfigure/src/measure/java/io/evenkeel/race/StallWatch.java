// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices when the machine, or this JVM, stands still: a thread that wants to wake every 5 ms and notes when it is
 * late. Pauses of the garbage collector count, too. One is enough for a process. Thread-safe.
 */
final class StallWatch implements AutoCloseable {

    /** What a client's safety margin cannot be expected to cover. */
    static final Duration LIMIT = Duration.ofMillis(50);

    private static final Duration PACE = Duration.ofMillis(5);

    /** A time in which nothing ran. */
    private record Stall(long begin, long end) {}

    private final Collection<Stall> stalls = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::watch, "race-stalls");
    private volatile boolean over;

    StallWatch() {
        this.thread.setDaemon(true);
        this.thread.start();
    }

    private void watch() {
        long last = System.nanoTime();
        while (!this.over) {
            LockSupport.parkNanos(PACE.toNanos());
            long now = System.nanoTime();
            if (now - last > PACE.toNanos() + LIMIT.toNanos()) {
                this.stalls.add(new Stall(last, now));
            }
            last = now;
        }
    }

    /** {@return the longest stall that overlapped with this time, as a reading of {@link System#nanoTime()}} */
    Duration longest(long begin, long end) {
        return Duration.ofNanos(this.stalls.stream()
                .filter(stall -> stall.end() - begin > 0 && end - stall.begin() > 0)
                .mapToLong(stall -> stall.end() - stall.begin())
                .max()
                .orElse(0));
    }

    @Override
    public void close() {
        this.over = true;
        try {
            this.thread.join();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}

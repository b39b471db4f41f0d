// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** A fixed number of named platform threads that all do the same. Whoever starts them closes them. */
final class Workers implements AutoCloseable {

    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final List<Thread> threads;

    private Workers(List<Thread> threads) {
        this.threads = threads;
    }

    static Workers start(String name, int count, IntConsumer work) {
        List<Thread> threads = IntStream.range(0, count)
                .mapToObj(number -> new Thread(() -> work.accept(number), name + "-" + number))
                .toList();
        threads.forEach(thread -> thread.setDaemon(true));
        threads.forEach(Thread::start);
        return new Workers(threads);
    }

    /** Waits until all have come to their end, but not longer than the limit. */
    void join(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (Thread thread : threads) {
            long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                return;
            }
            thread.join(left);
        }
    }

    void interrupt() {
        threads.forEach(Thread::interrupt);
    }

    /** Interrupts those that still run and waits for them, for a few seconds. */
    @Override
    public void close() {
        interrupt();
        try {
            join(LAST_WAIT);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}

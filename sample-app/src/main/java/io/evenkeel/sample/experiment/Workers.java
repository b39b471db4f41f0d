// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** A fixed number of named platform threads that all do the same. Whoever starts them closes them. */
final class Workers implements AutoCloseable {

    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final ExecutorService threads;

    private Workers(ExecutorService threads) {
        this.threads = threads;
    }

    static Workers start(String name, int count, IntConsumer work) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name + "-");
        factory.setDaemon(true);
        ExecutorService threads = Executors.newFixedThreadPool(count, factory);
        IntStream.range(0, count).forEach(number -> threads.execute(() -> work.accept(number)));
        threads.shutdown();
        return new Workers(threads);
    }

    /** Waits until all have come to their end, but not longer than the limit. */
    void join(Duration limit) throws InterruptedException {
        threads.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    void interrupt() {
        threads.shutdownNow();
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

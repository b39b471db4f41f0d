// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** What a server of fixed capacity is made of: a few workers, each of which needs the same time for a request, and a bounded queue. */
public final class WorkQueue implements AutoCloseable {

    private final ThreadPoolExecutor workers;
    private final int workMillis;
    private final LongAdder turnedAway = new LongAdder();
    private volatile CountDownLatch hurdle = new CountDownLatch(0);
    private volatile boolean closed;

    WorkQueue(String name, Capacity capacity) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name + "-");
        factory.setDaemon(true);
        this.workers = new ThreadPoolExecutor(
                capacity.workers(),
                capacity.workers(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(capacity.waiting()),
                factory);
        this.workMillis = capacity.workMillis();
    }

    /** {@return whether there was room for the request, which is answered after its turn then} */
    boolean offer(Runnable answer) {
        try {
            workers.execute(() -> work(answer));
            return true;
        } catch (RejectedExecutionException ex) {
            turnedAway.increment();
            return false;
        }
    }

    private void work(Runnable answer) {
        try {
            hurdle.await();
            if (!closed) {
                TimeUnit.MILLISECONDS.sleep(workMillis);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        answer.run();
    }

    /** No request is worked for from now on, as if a database did not answer; the queue fills. */
    public void stall() {
        hurdle = new CountDownLatch(1);
    }

    public void resume() {
        hurdle.countDown();
    }

    /** {@return how many requests found the queue full} */
    public long turnedAway() {
        return turnedAway.sum();
    }

    /** Turns away what comes from now on, and answers what still waits at once. */
    @Override
    public void close() {
        closed = true;
        resume();
        workers.shutdown();
    }

    /** How many requests are worked for at the same time, how long each takes, and how many may wait. */
    public record Capacity(int workers, int workMillis, int waiting) {

        /** {@return how many requests are done in a second, at most} */
        public int perSecond() {
            return workers * 1000 / workMillis;
        }
    }
}

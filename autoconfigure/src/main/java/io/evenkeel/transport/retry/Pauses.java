// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.retry;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The times between two attempts, in which a call holds no connection. One ends early with its call, and all do when the
 * clients are closed. Thread-safe.
 */
public final class Pauses implements AutoCloseable {

    private final Set<Pause> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * {@return whether the time was waited for, and the call is to go on}
     *
     * @param request of the call, by which its caller may cancel it
     * @throws InterruptedIOException if the thread is interrupted
     */
    boolean await(Duration time, @Nullable ClassicHttpRequest request) throws InterruptedIOException {
        Pause pause = new Pause(new CountDownLatch(1));
        this.running.add(pause);
        try {
            if (request instanceof CancellableDependency cancellable) {
                cancellable.setDependency(pause);
            }
            // In this order: who closes reads what is running after that is known.
            return !this.closed && !pause.ended.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("Interrupted while waiting for a retry");
            interrupted.initCause(ex);
            throw interrupted;
        } finally {
            this.running.remove(pause);
        }
    }

    /** Ends those that are running, and their calls. */
    public void endAll() {
        this.running.forEach(Pause::cancel);
    }

    /** Ends all of them, and those that come later. */
    @Override
    public void close() {
        this.closed = true;
        endAll();
    }

    private record Pause(CountDownLatch ended) implements Cancellable {

        @Override
        public boolean cancel() {
            this.ended.countDown();
            return true;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.time.Ticker;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.support.Texts;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the names of hosts. Nothing ends a look-up that hangs in the operating system, so a call with a bound has it done by
 * another thread, {@code evenkeel-lookup}, and leaves it behind when its time is over. At most eight run at a time, and one for
 * each name, which others wait for, so that a name which hangs does not take the look-ups of all others. When all eight hang,
 * with nobody waiting for them any more, calls are turned away. A call without a bound looks up by itself. Thread-safe.
 */
public final class Lookups implements AutoCloseable {

    static final int MOST = 8;

    private final Ticker ticker;
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadPoolExecutor workers;
    private final Map<Object, Lookup<?>> running = new ConcurrentHashMap<>();

    public Lookups(Ticker ticker) {
        this.ticker = ticker;
        this.workers =
                new ThreadPoolExecutor(MOST, MOST, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::thread);
        this.workers.allowCoreThreadTimeOut(true);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "evenkeel-lookup-" + this.threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Does a look-up, for a call with a bound within that.
     *
     * @param name what is looked up, and with what: who looks up the same gets the same
     * @param lookup throws no checked exception other than {@link UnknownHostException}
     * @throws StuckException if too many hang
     * @throws SocketTimeoutException if the time of the call is over
     * @throws UnknownHostException what the look-up throws
     */
    public <T> T lookUp(HttpContext context, Object name, Callable<T> lookup) throws IOException {
        CallDeadline call = CallDeadline.of(context);
        if (call == null) {
            return ofCaller(lookup);
        }
        Lookup<T> shared;
        try {
            shared = join(name, lookup);
        } catch (RejectedExecutionException ex) {
            throw because(new InterruptedIOException("The client was closed"), ex);
        }
        try {
            return shared.get(call.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException ex) {
            throw because(
                    new SocketTimeoutException("The time of the call was over before the host was looked up"), ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw because(new InterruptedIOException("Interrupted while a host was looked up"), ex);
        } catch (ExecutionException ex) {
            throw thrown(ex.getCause());
        } finally {
            shared.leave();
        }
    }

    private static IOException because(IOException failure, Exception cause) {
        failure.initCause(cause);
        return failure;
    }

    private static <T> T ofCaller(Callable<T> lookup) throws IOException {
        try {
            return lookup.call();
        } catch (Exception ex) {
            throw thrown(ex);
        }
    }

    private static IOException thrown(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return (failure instanceof IOException ofLookup)
                ? ofLookup
                : new IOException("The look-up of a host failed", failure);
    }

    @SuppressWarnings("unchecked")
    private <T> Lookup<T> join(Object name, Callable<T> lookup) throws StuckException {
        if (!this.running.containsKey(name)) {
            requireFree();
        }
        Lookup<?> shared = this.running.compute(name, (same, current) -> {
            if (current != null) {
                current.callers.incrementAndGet();
                return current;
            }
            Lookup<T> made = new Lookup<>(name, lookup);
            this.workers.execute(made);
            return made;
        });
        return (Lookup<T>) shared;
    }

    private void requireFree() throws StuckException {
        long now = this.ticker.nanoTime();
        int stuck = 0;
        long longest = 0;
        for (Lookup<?> each : this.running.values()) {
            if (each.isLeftBehind()) {
                stuck++;
                longest = Math.max(longest, now - each.beganAt);
            }
        }
        if (stuck >= MOST) {
            throw new StuckException("%d look-ups of hosts hang, one for %s"
                    .formatted(stuck, Texts.duration(Duration.ofNanos(longest))));
        }
    }

    /** {@return the number of look-ups that run or wait for a thread} */
    int running() {
        return this.running.size();
    }

    /** Ends the threads that have nothing to do; one that hangs ends with its look-up. */
    @Override
    public void close() {
        this.workers.shutdownNow();
    }

    /** One look-up, and how many calls wait for it. */
    private final class Lookup<T> extends FutureTask<T> {

        private final Object name;

        // changed within the computations of the map
        private final AtomicInteger callers = new AtomicInteger(1);
        private volatile boolean begun;
        private volatile long beganAt;

        Lookup(Object name, Callable<T> lookup) {
            super(lookup);
            this.name = name;
        }

        @Override
        public void run() {
            this.beganAt = Lookups.this.ticker.nanoTime();
            this.begun = true;
            super.run();
        }

        @Override
        protected void done() {
            Lookups.this.running.remove(this.name, this);
        }

        /** A call does not wait any more. What nobody waits for is not begun; if it was, it is left behind. */
        void leave() {
            boolean[] unwanted = new boolean[1];
            Lookups.this.running.computeIfPresent(this.name, (same, current) -> {
                if (current != this) {
                    return current;
                }
                unwanted[0] = this.callers.decrementAndGet() == 0 && !this.begun;
                return unwanted[0] ? null : current;
            });
            if (unwanted[0]) {
                cancel(false);
                Lookups.this.workers.remove(this);
            }
        }

        boolean isLeftBehind() {
            return this.begun && this.callers.get() <= 0;
        }
    }

    /** Too many look-ups hang. */
    public static final class StuckException extends IOException {

        private static final long serialVersionUID = 1L;

        StuckException(String message) {
            super(message);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.time.Ticker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends calls that are late, and writes: one thread for the application, {@code evenkeel-call-timer}, which is there while calls with a bound are.
 * A call adds itself and removes itself. The thread sleeps until the time of the first that it knows of is over, and looks then
 * which are still there: with calls that end in time it wakes up about once in the time that they have, and nobody ever wakes
 * it but a call with an earlier end than all others. Thread-safe.
 */
public final class CallTimer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CallTimer.class);

    /** As good as never, and far from an overflow. */
    private static final long NEVER = Long.MAX_VALUE / 2;

    /** The thread ends when there was nothing to do for that long. */
    private static final long IDLE = TimeUnit.SECONDS.toNanos(10);

    private final Ticker ticker;
    private final Set<Expiring<?>> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    // written under lock
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    // written by the thread
    private volatile long wakesAt;

    public CallTimer(Ticker ticker) {
        this.ticker = ticker;
    }

    /** {@return the time by which calls end} */
    long now() {
        return this.ticker.nanoTime();
    }

    void add(Expiring<?> call) {
        // In this order: the thread reads the calls after it has said that it may be woken, or that it ends.
        this.running.add(call);
        boolean kept = false;
        try {
            Thread current = this.thread;
            if (current == null) {
                start();
            } else if (call.endsAt() - this.wakesAt < 0) {
                LockSupport.unpark(current);
            }
            kept = true;
        } finally {
            if (!kept) {
                // No thread could be started, and the call does not begin.
                this.running.remove(call);
            }
        }
    }

    void remove(Expiring<?> call) {
        this.running.remove(call);
    }

    /** {@return the number of calls and writes that have a bound and have not ended} */
    public int running() {
        return this.running.size();
    }

    private void start() {
        this.lock.lock();
        try {
            if (this.thread == null && !this.closed) {
                this.wakesAt = this.ticker.nanoTime() + NEVER;
                Thread made = new Thread(this::run, "evenkeel-call-timer");
                made.setDaemon(true);
                made.start();
                // Behind it: one that could not be started would be taken for one that ends calls.
                this.thread = made;
            }
        } finally {
            this.lock.unlock();
        }
    }

    private void run() {
        while (!this.closed) {
            this.wakesAt = this.ticker.nanoTime() + NEVER;
            long nanos = expire(this.ticker.nanoTime());
            if (nanos < NEVER) {
                this.wakesAt = this.ticker.nanoTime() + nanos;
                LockSupport.parkNanos(this, nanos);
            } else if (!sleptUntilWanted()) {
                return;
            }
            // It belongs to nobody who could mean something by it.
            Thread.interrupted();
        }
    }

    /** {@return whether somebody came} Otherwise the thread is not known any more, and has to end. */
    private boolean sleptUntilWanted() {
        LockSupport.parkNanos(this, IDLE);
        if (!this.running.isEmpty()) {
            return true;
        }
        this.lock.lock();
        try {
            this.thread = null;
            if (this.running.isEmpty() || this.closed) {
                return false;
            }
            // Who came just now may have taken this thread for one that sleeps.
            this.thread = Thread.currentThread();
            return true;
        } finally {
            this.lock.unlock();
        }
    }

    /** {@return nanoseconds from the given time to the end of the first that is in time} */
    private long expire(long now) {
        long first = NEVER;
        for (Expiring<?> call : this.running) {
            long left = call.endsAt() - now;
            if (left > 0) {
                first = Math.min(first, left);
            } else {
                this.running.remove(call);
                expire(call);
            }
        }
        return first;
    }

    private static void expire(Expiring<?> call) {
        try {
            call.expire();
        } catch (Throwable ex) {
            // The other calls need the thread.
            log.debug("A call that was late could not be ended", ex);
        }
    }

    /** Ends the thread. Calls that are running lose their bound. */
    @Override
    public void close() {
        Thread current;
        this.lock.lock();
        try {
            this.closed = true;
            current = this.thread;
        } finally {
            this.lock.unlock();
        }
        this.running.clear();
        LockSupport.unpark(current);
    }
}

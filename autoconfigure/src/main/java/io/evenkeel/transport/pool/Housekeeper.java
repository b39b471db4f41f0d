// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.socket.Liveness;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that looks after the idle connections of all pools: it closes those that are due, and notices within
 * milliseconds when a peer closes one. It lives from the first pool to the last, sleeps while nothing is idle, and goes
 * on after any exception.
 *
 * <p>A connection is registered with the selector only once it was idle for a whole tick. One that is used again and
 * again never is, and pays nothing.
 */
public final class Housekeeper {

    public static final String THREAD_NAME = "evenkeel-housekeeper";

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How often dropped responses, and pools that nobody holds any more, are looked for while nothing is idle. */
    private static final long LONGEST_SLEEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long PAUSE_AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);

    private final Ticker ticker;
    private final BooleanSupplier needed;
    private final Runnable chore;
    private final Set<Housekept> withIdle = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    private final Consumer<Thread> starter;

    // written under lock
    private @Nullable Thread thread;
    private volatile boolean running;
    private long nextStart;

    private final AtomicReference<@Nullable Selector> selector = new AtomicReference<>();
    private volatile long nextLook;

    /** Of one pool in this round; not at the expense of the others. Used by the thread alone. */
    private @Nullable Throwable failure;

    /**
     * @param ticker tells when a connection is due
     * @param needed whether there is any pool; asked under the lock of this object, so that a pool which is added while
     *     the thread ends finds it either alive or gone
     * @param chore what else is to be done at each look
     */
    public Housekeeper(Ticker ticker, BooleanSupplier needed, Runnable chore) {
        this(ticker, needed, chore, Thread::start);
    }

    /** @param starter starts a thread */
    public Housekeeper(Ticker ticker, BooleanSupplier needed, Runnable chore, Consumer<Thread> starter) {
        this.starter = starter;
        this.nextStart = ticker.nanoTime();
        this.ticker = ticker;
        this.needed = needed;
        this.chore = chore;
    }

    /**
     * Makes sure that the thread runs; called when a pool was added, and whenever there is something to look after. If there
     * cannot be a thread now, since the machine has no more, the next call tries again: connections are looked at before
     * they are used, with or without it.
     */
    public void start() {
        if (this.running) {
            return;
        }
        long now = this.ticker.nanoTime();
        this.lock.lock();
        try {
            if (!this.running && now - this.nextStart >= 0) {
                this.nextStart = now + PAUSE_AFTER_FAILURE_NANOS;
                this.nextLook = now;
                // It outlives whoever happens to build the first client, and must not hold on to anything of theirs.
                Thread started = new Thread(null, this::run, THREAD_NAME, 0, false);
                started.setContextClassLoader(Housekeeper.class.getClassLoader());
                started.setDaemon(true);
                this.starter.accept(started);
                this.thread = started;
                this.running = true;
                this.nextStart = now;
            }
        } catch (RuntimeException | Error ex) {
            log.warn("Idle connections are not looked after for now, since no thread could be started for that", ex);
        } finally {
            this.lock.unlock();
        }
    }

    /** Lets the thread see that something has changed. */
    public void wake() {
        Selector current = this.selector.get();
        if (current != null) {
            current.wakeup();
        }
    }

    /** Waits for the thread to end, once no pool is left. */
    public void awaitEnd() {
        Thread current = locked();
        if (current == null || current == Thread.currentThread()) {
            return;
        }
        wake();
        try {
            current.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Thread locked() {
        this.lock.lock();
        try {
            return this.thread;
        } finally {
            this.lock.unlock();
        }
    }

    /** Looks after the pool from now on, as long as it has idle connections, and at the given time at the latest. */
    public void wakeBy(Housekept pool, long dueAt) {
        this.withIdle.add(pool);
        if (!this.running && this.needed.getAsBoolean()) {
            start();
        }
        if (dueAt - this.nextLook < 0) {
            this.nextLook = dueAt;
            wake();
        }
    }

    private void run() {
        boolean finished = false;
        try {
            while (!finished) {
                finished = lookAfter();
            }
        } finally {
            if (!finished) {
                // Not even the report of a failure got through. Whoever needs it next starts another.
                end(() -> false);
            }
        }
    }

    /** {@return whether nobody needs the thread any more} */
    private boolean lookAfter() {
        try (Selector opened = Selector.open()) {
            this.selector.set(opened);
            try {
                // Asked once: by the next time there may be a pool again, and another thread.
                while (!end(this.needed)) {
                    round(opened);
                }
                return true;
            } finally {
                this.selector.compareAndSet(opened, null);
            }
        } catch (Exception | Error ex) {
            log.warn("The care for idle connections failed and is taken up again", ex);
            LockSupport.parkNanos(this, PAUSE_AFTER_FAILURE_NANOS);
            return false;
        }
    }

    /** {@return whether the thread is known to be gone from now on} */
    private boolean end(BooleanSupplier unless) {
        this.lock.lock();
        try {
            if (unless.getAsBoolean()) {
                return false;
            }
            this.thread = null;
            this.running = false;
            return true;
        } finally {
            this.lock.unlock();
        }
    }

    private void round(Selector opened) throws IOException {
        // Nothing here is meant to be interrupted; a flag left set would make every wait end at once.
        Thread.interrupted();
        long now = this.ticker.nanoTime();
        // What is watched, and does not show up here, was alive at that time.
        opened.selectNow();
        evictClosed(opened);
        // Set before the look, so that a connection which comes back behind the look can bring the next one forward.
        this.nextLook = now + LONGEST_SLEEP_NANOS;
        this.chore.run();
        long delay = Math.min(sweep(opened, now), LONGEST_SLEEP_NANOS);
        if (now + delay - this.nextLook < 0) {
            this.nextLook = now + delay;
        }
        long sleep = this.nextLook - this.ticker.nanoTime();
        if (sleep > 0) {
            // Rounded up: to wake a little late is to find the connection due, a little early is to look twice.
            opened.select(TimeUnit.NANOSECONDS.toMillis(sleep) + 1);
        } else {
            opened.selectNow();
        }
        evictClosed(opened);
        Throwable ofOnePool = this.failure;
        if (ofOnePool != null) {
            this.failure = null;
            throw new IllegalStateException("The idle connections of a pool could not be looked after", ofOnePool);
        }
    }

    private long sweep(Selector opened, long now) throws IOException {
        long delay = Long.MAX_VALUE;
        List<PooledConnection> toWatch = new ArrayList<>();
        for (Housekept pool : this.withIdle) {
            long next;
            try {
                next = pool.sweep(now, TICK_NANOS, toWatch);
                if (next == Long.MAX_VALUE) {
                    this.withIdle.remove(pool);
                    if (pool.hasIdle()) {
                        this.withIdle.add(pool);
                        next = TICK_NANOS;
                    }
                }
            } catch (RuntimeException | Error ex) {
                // Whether it has idle connections is not known.
                this.withIdle.add(pool);
                this.failure = ex;
                continue;
            }
            delay = Math.min(delay, Math.min(next, TICK_NANOS));
        }
        if (!toWatch.isEmpty()) {
            // Keys that were cancelled since must be gone before their channels can be registered again.
            opened.selectNow();
            for (PooledConnection connection : toWatch) {
                watch(connection, opened);
            }
            evictClosed(opened);
        }
        return (delay == Long.MAX_VALUE) ? LONGEST_SLEEP_NANOS : delay;
    }

    private void evict(Housekept pool, Map<PooledConnection, Liveness> dead, long now) {
        try {
            pool.evict(dead, now);
        } catch (RuntimeException | Error ex) {
            this.failure = ex;
        }
    }

    private static void watch(PooledConnection connection, Selector opened) throws IOException {
        try {
            connection.idleWatch().register(opened);
        } catch (CancelledKeyException | ClosedChannelException ex) {
            // It was used, and returned or closed, since the keys were cleared a moment ago: not idle for long.
            log.trace("Not watched yet", ex);
        }
    }

    private void evictClosed(Selector opened) {
        Set<SelectionKey> ready = opened.selectedKeys();
        if (ready.isEmpty()) {
            return;
        }
        long now = this.ticker.nanoTime();
        Map<PooledConnection, Liveness> dead = new HashMap<>();
        for (SelectionKey key : ready) {
            PooledConnection connection = (PooledConnection) key.attachment();
            Liveness liveness = connection.idleWatch().inspect();
            if (liveness != Liveness.ALIVE) {
                dead.put(connection, liveness);
            }
        }
        ready.clear();
        if (!dead.isEmpty()) {
            this.withIdle.forEach(pool -> evict(pool, dead, now));
        }
    }
}

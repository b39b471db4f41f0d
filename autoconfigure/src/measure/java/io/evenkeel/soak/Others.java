// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** Threads that meddle with the calls of others. Thread-safe. */
final class Others implements AutoCloseable {

    private final Findings findings;
    private final Watchdog watchdog;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "soak-other");
        thread.setDaemon(true);
        return thread;
    });

    Others(Findings findings, Watchdog watchdog) {
        this.findings = findings;
        this.watchdog = watchdog;
    }

    /** What another thread does. */
    interface Deed {

        void execute() throws IOException;
    }

    /** Does something in another thread; the client is in use until it is done. */
    void later(long nanos, String what, SoakClient client, Deed deed) {
        client.begun();
        this.threads.execute(() -> {
            LockSupport.parkNanos(nanos);
            try (var watch = this.watchdog.watch(what, Finding.CALL_WITHOUT_END)) {
                deed.execute();
            } catch (IOException | RuntimeException | Error ex) {
                Outcome.of(ex, what, this.findings);
            } finally {
                client.ended();
            }
        });
    }

    /** Interrupts the current thread after some time, unless the returned object was closed before. */
    AutoClosable interrupt(long nanos, SoakClient client) {
        Interruption interruption = new Interruption(Thread.currentThread());
        later(nanos, "interrupt", client, interruption::happen);
        return interruption;
    }

    /** Closes without an exception. */
    interface AutoClosable extends AutoCloseable {

        @Override
        void close();
    }

    private static final class Interruption implements AutoClosable {

        private final ReentrantLock lock = new ReentrantLock();
        private final Thread thread;
        private boolean over;

        Interruption(Thread thread) {
            this.thread = thread;
        }

        void happen() {
            this.lock.lock();
            try {
                if (!this.over) {
                    this.thread.interrupt();
                }
            } finally {
                this.lock.unlock();
            }
        }

        @Override
        public void close() {
            this.lock.lock();
            try {
                this.over = true;
            } finally {
                this.lock.unlock();
            }
        }
    }

    @Override
    public void close() {
        this.threads.shutdown();
    }
}

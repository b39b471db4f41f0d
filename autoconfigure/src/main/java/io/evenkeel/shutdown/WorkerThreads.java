// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a {@link ThreadPoolExecutor}. Between the queue and its count of active threads a task is invisible,
 * for as long as the machine lets its thread wait; with tasks of microseconds and a busy machine that is often. But
 * then its thread is not parked. Thread-safe.
 */
final class WorkerThreads implements ThreadFactory {

    private final ThreadFactory factory;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private WorkerThreads(ThreadFactory factory) {
        this.factory = factory;
    }

    /** Follows the threads that the pool makes from now on. */
    static WorkerThreads of(ThreadPoolExecutor pool) {
        WorkerThreads threads = new WorkerThreads(pool.getThreadFactory());
        pool.setThreadFactory(threads);
        return threads;
    }

    @Override
    public @Nullable Thread newThread(Runnable worker) {
        Thread thread = this.factory.newThread(() -> {
            try {
                worker.run();
            } finally {
                this.threads.remove(Thread.currentThread());
            }
        });
        if (thread != null) {
            this.threads.add(thread);
        }
        return thread;
    }

    boolean haveCurrent() {
        return this.threads.contains(Thread.currentThread());
    }

    /** {@return whether a thread, other than the current one, has or looks for something to do} */
    boolean isAnyAwake() {
        return this.threads.stream()
                .anyMatch(thread -> thread != Thread.currentThread()
                        && switch (thread.getState()) {
                            case NEW, RUNNABLE, BLOCKED -> true;
                            case WAITING, TIMED_WAITING, TERMINATED -> false;
                        });
    }

    /**
     * {@return whether each thread of a pool that is idle by its numbers is known to wait for a task, or is the current one} A queue without
     * places hands a task to a thread that is still parked then.
     */
    boolean proveIdle(ThreadPoolExecutor pool) {
        if (pool.getQueue() instanceof SynchronousQueue || pool.getQueue() instanceof LinkedTransferQueue) {
            return false;
        }
        int parked = 0;
        for (Thread thread : this.threads) {
            if (thread == Thread.currentThread()) {
                parked++;
                continue;
            }
            switch (thread.getState()) {
                case WAITING, TIMED_WAITING -> parked++;
                case TERMINATED -> {}
                case NEW, RUNNABLE, BLOCKED -> {
                    return false;
                }
            }
        }
        return parked >= pool.getPoolSize();
    }
}

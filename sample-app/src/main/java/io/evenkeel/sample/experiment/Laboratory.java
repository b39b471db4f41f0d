// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.Experiment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs one experiment at a time, as two would disturb each other's numbers, and keeps the last run of each. It stops
 * before the web server and the upstream servers do.
 */
@Component
class Laboratory implements SmartLifecycle {

    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private @Nullable Thread current;
    private @Nullable String currentName;
    private volatile boolean open;

    /** Starts the experiment, or says which other one is in the way. */
    Run start(String name, Object settings, Experiment experiment) {
        lock.lock();
        try {
            if (!open || (current != null && current.isAlive())) {
                throw new BusyException(currentName);
            }
            Run run = new Run(name, settings);
            runs.put(name, run);
            Thread started = new Thread(() -> run.execute(experiment), "experiment-" + name);
            current = started;
            currentName = name;
            started.start();
            return run;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the experiment if it is running; it takes a moment until its last calls have ended. */
    void end(String name) {
        lock.lock();
        try {
            Run run = runs.get(name);
            if (run != null && current != null && name.equals(currentName)) {
                run.interruptedBecause("it was stopped");
                current.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    Run.State latest(String name) {
        Run run = runs.get(name);
        return (run != null) ? run.state() : Run.State.idle(name);
    }

    @Override
    public void start() {
        open = true;
    }

    @Override
    public void stop() {
        Thread last;
        lock.lock();
        try {
            open = false;
            last = current;
        } finally {
            lock.unlock();
        }
        if (last == null) {
            return;
        }
        last.interrupt();
        try {
            last.join(10_000);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return open;
    }

    static final class BusyException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        BusyException(@Nullable String running) {
            super(
                    (running != null)
                            ? "Experiment '" + running + "' is still running; one runs at a time"
                            : "The application is not ready to run experiments");
        }
    }
}

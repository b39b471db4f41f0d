// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    private @Nullable Thread current; // guarded by this
    private @Nullable String currentName; // guarded by this
    private boolean open; // guarded by this

    /** Starts the experiment, or says which other one is in the way. */
    synchronized Run start(String name, Object settings, Experiment experiment) {
        if (!open || (current != null && current.isAlive())) {
            throw new BusyException(currentName);
        }
        Run run = new Run(name, settings);
        runs.put(name, run);
        current = new Thread(() -> run.execute(experiment), "experiment-" + name);
        currentName = name;
        current.start();
        return run;
    }

    Run.State latest(String name) {
        Run run = runs.get(name);
        return (run != null) ? run.state() : Run.State.idle(name);
    }

    @Override
    public synchronized void start() {
        open = true;
    }

    @Override
    public void stop() {
        Thread last;
        synchronized (this) {
            open = false;
            last = current;
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
    public synchronized boolean isRunning() {
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

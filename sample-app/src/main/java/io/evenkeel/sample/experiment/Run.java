// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.Experiment;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of an experiment, from its start to its result. */
final class Run {

    private static final Logger log = LoggerFactory.getLogger(Run.class);

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile State state;
    private volatile String interruption = "the application is closing";

    Run(String name, Object settings) {
        this.state = new State(name, Status.RUNNING, settings, 0, null, null);
    }

    /** Does the work on the calling thread. */
    void execute(Experiment experiment) {
        State start = state;
        try {
            Object result = experiment.run((done, soFar) -> state = start.now(Status.RUNNING, done, soFar, null));
            state = start.now(Status.DONE, 1, result, null);
        } catch (InterruptedException ex) {
            state = start.now(Status.FAILED, 1, state.result(), interruption);
        } catch (RuntimeException ex) {
            log.warn("Experiment {} failed", start.experiment(), ex);
            state = start.now(Status.FAILED, 1, state.result(), ex.toString());
        } finally {
            over.countDown();
        }
    }

    void interruptedBecause(String reason) {
        interruption = reason;
    }

    State state() {
        return state;
    }

    State await() throws InterruptedException {
        over.await();
        return state;
    }

    enum Status {
        IDLE,
        RUNNING,
        DONE,
        FAILED
    }

    /** A run at one moment. While it is running the result is what was counted so far. */
    record State(
            String experiment,
            Status status,
            @Nullable Object settings,
            double progress,
            @Nullable Object result,
            @Nullable String error) {

        static State idle(String experiment) {
            return new State(experiment, Status.IDLE, null, 0, null, null);
        }

        private State now(Status status, double progress, @Nullable Object result, @Nullable String error) {
            return new State(experiment, status, settings, progress, result, error);
        }
    }
}

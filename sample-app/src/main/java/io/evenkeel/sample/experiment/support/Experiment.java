// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.support;

/** Work that takes a while, reports how far it is, and ends with a result that can be shown as JSON. */
@FunctionalInterface
public interface Experiment {

    /** Runs on a thread of its own; an interrupt ends it. */
    Object run(Progress progress) throws InterruptedException;

    @FunctionalInterface
    interface Progress {

        /** Says how much is done, from 0 to 1, and what the numbers are so far. */
        void report(double done, Object soFar);
    }
}

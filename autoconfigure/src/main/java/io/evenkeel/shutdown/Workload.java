// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Optional;

/** The tasks of one executor bean, seen from outside. */
sealed interface Workload permits PoolWorkload, CountedWorkload {

    /** {@return the name of the bean} */
    String name();

    /** {@return what there is to do now} */
    Load look();

    /** Lets tasks go on that a pause of the executor holds back, and ends the repetition of periodic ones. */
    void windDown();

    /** {@return the task that has been running for longest, as far as it is known} */
    Optional<RunningTask> longest();

    /** {@return the number of tasks that are scheduled for later} */
    int scheduledForLater();

    /**
     * Makes the destruction of the bean, which is next, let what runs end by itself.
     *
     * @param limit the longest wait
     */
    void endWithin(Duration limit);

    /** Interrupts what runs, cancels what waits, and accepts no more. Does not wait. */
    void interrupt();
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Optional;

/**
 * The tasks of one executor bean, seen from outside by the thread that closes the context. That may be in one of them: it
 * cannot wait for itself, so that task does not count.
 */
sealed interface Workload permits PoolWorkload, CountedWorkload, SchedulerWorkload {

    /** {@return the name of the bean} */
    String name();

    /** Sees to it that tasks are followed from now on, whatever was done to the executor since it was made. */
    void follow();

    /** {@return what there is to do now} */
    Load look();

    /** Lets tasks go on that a pause of the executor holds back, and ends the repetition of periodic ones. */
    void windDown();

    /** {@return the task that has been running for longest, as far as it is known} */
    Optional<RunningTask> longest();

    /** Cancels what is scheduled for later, periodic tasks apart, and {@return the number of these tasks} */
    int cancelLater();

    /** Keeps Spring from waiting for the task that closes the context, and from interrupting it, when all others have ended. */
    void leaveOwnTask();

    /**
     * Makes the destruction of the bean, which is next, let what runs end by itself.
     *
     * @param limit the longest wait
     */
    void endWithin(Duration limit);

    /** Accepts no more tasks. */
    void refuse();

    /** Interrupts what runs and cancels what waits, after {@link #refuse}. Does not wait. */
    void interrupt();
}

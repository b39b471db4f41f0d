// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;

/**
 * What an executor has to do at one moment.
 *
 * @param running tasks that run
 * @param waiting tasks that were accepted and have not started
 * @param finished tasks that have ended since the executor was made
 * @param settling for how long it has to look idle before it is: zero if no task can be missing. A
 *     {@link java.util.concurrent.ThreadPoolExecutor} counts a task neither as queued nor as running while a thread takes it
 *     from the queue.
 */
record Load(int running, int waiting, long finished, Duration settling) {

    /** By then a thread that has got a task runs it, unless the machine is in distress. */
    static final Duration UNPROVEN = Duration.ofMillis(250);

    /** By then it does in any case. For what is known to be on its way, and may have got lost there. */
    static final Duration UNDERWAY = Duration.ofSeconds(10);

    static final Load NONE = new Load(0, 0, 0, Duration.ZERO);

    boolean isIdle() {
        return this.running == 0 && this.waiting == 0;
    }

    /** {@return such as {@code 2 tasks running, 12 waiting}} */
    @Override
    public String toString() {
        String tasks = (this.running == 1) ? "1 task" : this.running + " tasks";
        return (this.waiting == 0) ? tasks + " running" : "%s running, %d waiting".formatted(tasks, this.waiting);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

/**
 * What an executor has to do at one moment.
 *
 * @param running tasks that run
 * @param waiting tasks that were accepted and have not started
 * @param finished tasks that have ended since the executor was made
 * @param exact whether no task can be missing. A {@link java.util.concurrent.ThreadPoolExecutor} counts a task neither as
 *     queued nor as running while a thread takes it from the queue.
 */
record Load(int running, int waiting, long finished, boolean exact) {

    static final Load NONE = new Load(0, 0, 0, true);

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

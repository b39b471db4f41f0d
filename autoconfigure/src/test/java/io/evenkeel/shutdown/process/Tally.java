// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What became of tasks, each counted once per column.
 *
 * @param accepted taken by an executor
 * @param rejected refused by an executor
 * @param started begun
 * @param done ended as they should
 * @param interrupted interrupted
 * @param failed ended with an exception
 * @param lost accepted, and neither done, nor interrupted, nor failed: never started, or cut off
 */
record Tally(int accepted, int rejected, int started, int done, int interrupted, int failed, int lost) {

    static Tally of(List<Journal.Entry> journal) {
        Set<String> done = ids(journal, Event.DONE);
        Set<String> interrupted = ids(journal, Event.INTERRUPTED);
        Set<String> failed = ids(journal, Event.FAILED);
        // A task may write that it has started before the one that submits it writes that it was accepted.
        Set<String> accepted = ids(journal, Event.ACCEPTED, Event.STARTED);
        long lost = accepted.stream()
                .filter(id -> !done.contains(id) && !interrupted.contains(id) && !failed.contains(id))
                .count();
        return new Tally(
                accepted.size(),
                ids(journal, Event.REJECTED).size(),
                ids(journal, Event.STARTED).size(),
                done.size(),
                interrupted.size(),
                failed.size(),
                Math.toIntExact(lost));
    }

    static Tally allDone(int tasks) {
        return new Tally(tasks, 0, tasks, tasks, 0, 0, 0);
    }

    static Tally sum(Collection<Tally> tallies) {
        return tallies.stream().reduce(new Tally(0, 0, 0, 0, 0, 0, 0), Tally::plus);
    }

    /** {@return how many were accepted and never started} */
    int neverStarted() {
        return this.accepted - this.started;
    }

    private Tally plus(Tally other) {
        return new Tally(
                this.accepted + other.accepted,
                this.rejected + other.rejected,
                this.started + other.started,
                this.done + other.done,
                this.interrupted + other.interrupted,
                this.failed + other.failed,
                this.lost + other.lost);
    }

    private static Set<String> ids(List<Journal.Entry> journal, Event... events) {
        return journal.stream()
                .filter(entry -> List.of(events).contains(entry.event()))
                .map(Journal.Entry::id)
                .collect(Collectors.toSet());
    }
}

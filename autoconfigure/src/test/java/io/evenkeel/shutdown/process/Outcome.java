// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.time.Duration;
import java.util.List;

/**
 * How one process ended.
 *
 * @param exitCode its exit code
 * @param toExit time from the signal to the exit; from the last event that was waited for if there was no signal
 * @param journal what its tasks wrote
 * @param answers what its requests were answered, in the order in which they were sent
 * @param refused whether a connection was refused while it was shutting down
 * @param upstreamCalls requests that the upstream server received from it
 * @param log what it logged from the signal on
 */
record Outcome(
        int exitCode,
        Duration toExit,
        List<Journal.Entry> journal,
        List<String> answers,
        boolean refused,
        int upstreamCalls,
        String log) {

    Tally tally() {
        return Tally.of(this.journal);
    }

    /** {@return what became of the tasks whose names begin like this} */
    Tally tally(String prefix) {
        return Tally.of(this.journal.stream()
                .filter(entry -> entry.id().startsWith(prefix))
                .toList());
    }

    long count(Event event) {
        return this.journal.stream().filter(entry -> entry.event() == event).count();
    }

    /** {@return the lines that Evenkeel logged} */
    List<String> linesOfEvenkeel() {
        return this.log.lines().filter(line -> line.contains(" io.evenkeel")).toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How one process ended.
 *
 * @param script what happened to it
 * @param exitCode its exit code
 * @param toExit time from the signal to the exit; from the last event that was waited for if there was no signal
 * @param journal what its tasks wrote
 * @param answers what its requests were answered, in the order in which they were sent
 * @param refused whether a connection was refused while it was shutting down
 * @param upstreamCalls requests that the upstream server received from it
 * @param log what it logged from the signal on
 */
record Outcome(
        Script script,
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

    /** {@return how many events of a kind there were after the first one of another} */
    long after(Event first, Event event) {
        return this.journal.stream()
                .dropWhile(entry -> entry.event() != first)
                .filter(entry -> entry.event() == event)
                .count();
    }

    /** {@return the lines that Evenkeel logged} */
    List<String> linesOfEvenkeel() {
        return this.log.lines().filter(line -> line.contains(" io.evenkeel")).toList();
    }

    /** For the message of an assertion. */
    @Override
    public String toString() {
        return "exit code %d after %s, %s, refused: %s, calls: %d, answers: %s, log:%n%sjournal:%n%s"
                .formatted(
                        this.exitCode,
                        this.toExit,
                        tally(),
                        this.refused,
                        this.upstreamCalls,
                        this.answers,
                        this.log,
                        this.journal.stream().map(entry -> "  " + entry).collect(Collectors.joining("\n")));
    }
}

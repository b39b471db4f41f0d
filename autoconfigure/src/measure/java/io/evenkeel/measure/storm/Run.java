// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.util.OptionalInt;

/**
 * What came of a run, by the second. A call counts in the second in which it was due.
 *
 * @param length in seconds
 * @param due calls
 * @param succeeded calls that were answered within {@link Fleet#LIMIT}
 * @param received requests that reached the server
 * @param worked requests that it worked on
 * @param wasted those of them whose client had gone
 * @param refused requests for which there was no place in its queue
 * @param budget mean share of Evenkeel's budgets that was left at the end of each second
 * @param retries that Evenkeel sent
 * @param replays that it sent
 * @param denied retries that its budgets refused
 * @param late calls that began too late, because the machine could not keep up; they count as failed
 */
record Run(
        Policy policy,
        Script script,
        int length,
        int[] due,
        int[] succeeded,
        int[] received,
        int[] worked,
        int[] wasted,
        int[] refused,
        double[] budget,
        int retries,
        int replays,
        int denied,
        int late) {

    /** Timeouts come a second after the trouble, and one retry of each client a tenth of a second. */
    private static final int BURST_SPENT = 3;

    OptionalInt untilGood() {
        return Seconds.untilGood(this.due, this.succeeded, this.script.troubleUntil());
    }

    /** {@return the most load of a second before the burst of the budgets is spent} */
    double firstPeak() {
        return Seconds.peak(
                this.received, Fleet.RATE, this.script.troubleFrom(), this.script.troubleFrom() + BURST_SPENT);
    }

    /** {@return the most load of a second once the burst of the budgets is spent} */
    double peak() {
        return Seconds.peak(this.received, Fleet.RATE, this.script.troubleFrom() + BURST_SPENT, this.length);
    }

    /** {@return the load in the trouble, to what was asked for} */
    double load() {
        return Seconds.share(this.received, this.due, this.script.troubleFrom(), this.script.troubleUntil());
    }

    /** {@return the same, once the burst of the budgets is spent} */
    double loadBehindBurst() {
        return Seconds.share(
                this.received, this.due, this.script.troubleFrom() + BURST_SPENT, this.script.troubleUntil());
    }

    double successInTrouble() {
        return Seconds.share(this.succeeded, this.due, this.script.troubleFrom(), this.script.troubleUntil());
    }

    /** {@return the share of calls that succeeded in the last five seconds of the run} */
    double successAtEnd() {
        return Seconds.share(this.succeeded, this.due, this.length - 5, this.length);
    }

    int failed() {
        return Seconds.sum(this.due, 0, this.length) - Seconds.sum(this.succeeded, 0, this.length);
    }

    int wastedInAll() {
        return Seconds.sum(this.wasted, 0, this.length);
    }
}

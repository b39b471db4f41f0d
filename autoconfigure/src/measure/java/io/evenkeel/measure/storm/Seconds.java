// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.util.OptionalInt;

/** The arithmetic of runs: figures of whole seconds, and what is read from them. */
final class Seconds {

    /** Calls that have to succeed in a second, of a hundred. */
    private static final int GOOD_PERCENT = 97;

    /** For so many seconds, one after the other. */
    private static final int LASTING = 3;

    private Seconds() {}

    /**
     * Tells when calls succeed again.
     *
     * @param due calls of each second
     * @param succeeded those of them that succeeded
     * @param from the first second that counts
     * @return seconds from then to the first of three in a row in which 97 % of the calls that were due succeeded
     */
    static OptionalInt untilGood(int[] due, int[] succeeded, int from) {
        int good = 0;
        for (int second = from; second < due.length && due[second] > 0; second++) {
            good = (succeeded[second] * 100L >= due[second] * (long) GOOD_PERCENT) ? good + 1 : 0;
            if (good == LASTING) {
                return OptionalInt.of(second - LASTING + 1 - from);
            }
        }
        return OptionalInt.empty();
    }

    /** {@return the most of any second, compared with what is usual} */
    static double peak(int[] counts, double usual, int from, int until) {
        int peak = 0;
        for (int second = from; second < until; second++) {
            peak = Math.max(peak, counts[second]);
        }
        return peak / usual;
    }

    static int sum(int[] counts, int from, int until) {
        int sum = 0;
        for (int second = from; second < until; second++) {
            sum += counts[second];
        }
        return sum;
    }

    /** {@return the share of one sum in the other} */
    static double share(int[] counts, int[] of, int from, int until) {
        int whole = sum(of, from, until);
        return (whole == 0) ? 0 : sum(counts, from, until) / (double) whole;
    }
}

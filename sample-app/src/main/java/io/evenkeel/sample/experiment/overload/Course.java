// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.overload;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one side fared, second by second. Not thread-safe. */
final class Course {

    /** From which share of successes on a side counts as undisturbed. */
    private static final double UNDISTURBED = 0.97;

    private final List<Second> seconds = new ArrayList<>();
    private Second total = new Second(0, 0, 0);

    /** Takes note of another second, at its end, by what was counted since the beginning. */
    void note(Second soFar) {
        seconds.add(soFar.minus(total));
        total = soFar;
    }

    List<Second> seconds() {
        return List.copyOf(seconds);
    }

    /** {@return how many times as many requests as calls there were in the worst second, to hundredths} */
    @Nullable
    Double peakLoad(int from, int to) {
        return seconds.stream()
                .limit(to)
                .skip(from)
                .filter(second -> second.asked() > 0)
                .map(second -> Math.round(100.0 * second.atServer() / second.asked()) / 100.0)
                .max(Double::compare)
                .orElse(null);
    }

    /** {@return after how many seconds calls succeed again as before, in this second and in all that follow taken together} */
    @Nullable
    Integer back(int from, int to) {
        for (int second = from; second < Math.min(to, seconds.size()); second++) {
            if (isUndisturbed(second, second + 1) && isUndisturbed(second, to)) {
                return second - from;
            }
        }
        return null;
    }

    private boolean isUndisturbed(int from, int to) {
        Second sum = seconds.stream().limit(to).skip(from).reduce(new Second(0, 0, 0), Second::plus);
        return sum.succeeded() >= UNDISTURBED * sum.asked();
    }

    /** The calls that were asked for, the requests that the server got, and the calls that succeeded, in a second or altogether. */
    record Second(long asked, long atServer, long succeeded) {

        private Second plus(Second other) {
            return new Second(asked + other.asked, atServer + other.atServer, succeeded + other.succeeded);
        }

        private Second minus(Second other) {
            return new Second(asked - other.asked, atServer - other.atServer, succeeded - other.succeeded);
        }
    }
}

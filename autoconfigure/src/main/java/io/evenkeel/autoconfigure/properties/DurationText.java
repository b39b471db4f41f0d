// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.time.Duration;

/** Durations as one writes them in a configuration file. */
public final class DurationText {

    private DurationText() {}

    /** {@return such as {@code 5m}, {@code 2s} or {@code 1500ms}} */
    public static String of(Duration duration) {
        if (duration.isZero()) {
            return "0";
        }
        if (duration.toNanosPart() % 1_000_000 != 0) {
            return duration.toString();
        }
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.toSecondsPart() != 0 || Math.abs(duration.toSeconds()) < 120) {
            return duration.toSeconds() + "s";
        }
        if (duration.toMinutesPart() != 0) {
            return duration.toMinutes() + "m";
        }
        return duration.toHours() + "h";
    }
}

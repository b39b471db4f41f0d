// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.support;

import java.time.Duration;
import java.util.Locale;

/** Writes values as a person would. */
public final class Texts {

    private Texts() {}

    /** {@return the duration in the largest unit that reads well: {@code 50ms}, {@code 8.1s}, {@code 10s}} */
    public static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + "ms";
        }
        if (millis % 1000 == 0) {
            return (millis / 1000) + "s";
        }
        return String.format(Locale.ROOT, "%.1fs", millis / 1000.0);
    }

    /** {@return the name of the thread} Virtual threads have none unless they are given one. */
    public static String thread(Thread thread) {
        String name = thread.getName();
        return name.isEmpty() ? thread.toString() : name;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Locale;

/** Durations as one reads them in a log. */
final class Seconds {

    private Seconds() {}

    /** {@return such as {@code 24.8s}} */
    static String of(Duration duration) {
        return String.format(Locale.ROOT, "%.1fs", duration.toMillis() / 1000.0);
    }
}

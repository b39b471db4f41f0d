// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.policy.PoolLimits;
import java.time.Duration;

/** Settings in words, for the log. */
final class SettingText {

    private SettingText() {}

    static String of(PoolLimits limits) {
        String kept = switch (limits.maxSize()) {
            case 0 -> "no idle connection";
            case 1 -> "1 idle connection";
            default -> limits.maxSize() + " idle connections";
        };
        return "%s kept per route, at most %d open".formatted(kept, limits.maxPerRoute());
    }

    static String timeout(Duration timeout) {
        return timeout.isZero() ? "without limit" : DurationText.of(timeout);
    }
}

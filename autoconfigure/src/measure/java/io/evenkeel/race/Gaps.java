// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.time.Duration;
import java.util.Random;

/**
 * Pauses: three of five around the closing moment, the others spread or short, so that there is something to learn
 * from. The same seed gives the same pauses.
 */
final class Gaps {

    private static final double MARGIN_MILLIS = 60;

    private final Random random;
    private final double idleTimeout;
    private final double latestClose;
    private final double roundTrip;

    Gaps(Race race, long seed) {
        // Random's first values hardly differ between seeds that are close to each other.
        this.random = new Random((seed + 1) * 0x9E3779B97F4A7C15L);
        this.idleTimeout = millis(race.idleTimeout());
        this.latestClose = this.idleTimeout + millis(race.server().slack());
        this.roundTrip = millis(race.roundTrip());
    }

    Gap next() {
        double choice = this.random.nextDouble();
        if (choice < 0.6) {
            return gap(
                    Gap.Kind.EDGE,
                    this.idleTimeout - MARGIN_MILLIS - 2 * this.roundTrip,
                    this.latestClose + MARGIN_MILLIS);
        }
        return (choice < 0.75)
                ? gap(Gap.Kind.SPREAD, 0.05 * this.idleTimeout, 2.1 * this.idleTimeout)
                : gap(Gap.Kind.SHORT, 1, 50);
    }

    private Gap gap(Gap.Kind kind, double from, double to) {
        return new Gap(kind, Math.round((from + this.random.nextDouble() * (to - from)) * 1e6));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.Race.Settings.Pace;
import java.util.Random;

/**
 * The pauses of one worker. The worker of the same number on the other side gets the very same ones.
 *
 * <p>Workers pause for nearly the same time, as if one schedule woke them all: if each kept a rhythm of its own, their
 * calls would spread out, and the connection that they share would never be idle long enough to be closed.
 */
final class Pauses {

    private static final int OWN_SHARE_MILLIS = 10;
    private static final long SEED = 42;

    private final Pace pace;
    private final Random common = new Random(SEED);
    private final Random own;

    Pauses(Pace pace, int worker) {
        this.pace = pace;
        // Random's first values hardly differ between seeds that are close to each other.
        this.own = new Random((worker + 1) * 0x9E3779B97F4A7C15L);
    }

    long nextMicros() {
        double commonMillis = common.nextDouble() * (pace.longest - pace.shortest - OWN_SHARE_MILLIS);
        double ownMillis = own.nextDouble() * OWN_SHARE_MILLIS;
        return Math.round((pace.shortest + commonMillis + ownMillis) * 1000);
    }

    boolean nextIsPost() {
        return own.nextBoolean();
    }
}

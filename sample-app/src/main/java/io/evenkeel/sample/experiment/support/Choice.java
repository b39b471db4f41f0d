// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.support;

/** Refuses a number with those that would do. */
public final class Choice {

    private Choice() {}

    public static void within(String parameter, int least, int most, int value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s must be from %d to %d, but is %d".formatted(parameter, least, most, value));
        }
    }
}

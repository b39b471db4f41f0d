// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SecondsTests {

    private static final int[] DUE = {100, 100, 100, 100, 100, 100, 100};

    @Test
    void callsAreGoodFromTheFirstOfThreeSecondsInARowOn() {
        int[] succeeded = {100, 0, 97, 96, 97, 98, 99};

        assertThat(Seconds.untilGood(DUE, succeeded, 1)).hasValue(3);
    }

    @Test
    void callsAreGoodAtOnceIfTheFirstSecondIs() {
        assertThat(Seconds.untilGood(DUE, DUE, 2)).hasValue(0);
    }

    @Test
    void whatWasGoodBeforeDoesNotCount() {
        int[] succeeded = {100, 100, 100, 100, 0, 100, 100};

        assertThat(Seconds.untilGood(DUE, succeeded, 4)).isEmpty();
    }

    @Test
    void twoSecondsAreNotEnough() {
        int[] succeeded = {0, 100, 100, 0, 100, 100, 96};

        assertThat(Seconds.untilGood(DUE, succeeded, 0)).isEmpty();
    }

    @Test
    void secondsInWhichNothingWasDueAreBehindTheEnd() {
        int[] due = {100, 100, 0, 0, 0};

        assertThat(Seconds.untilGood(due, due, 0)).isEmpty();
    }

    @Test
    void thePeakIsThatOfTheSecondsAskedForAlone() {
        int[] received = {900, 100, 115, 110, 900};

        assertThat(Seconds.peak(received, 100, 1, 4)).isCloseTo(1.15, within(1e-9));
    }

    @Test
    void aShareIsOfSumsAndNotOfSeconds() {
        int[] received = {0, 150, 50, 0};
        int[] due = {7, 100, 300, 7};

        assertThat(Seconds.share(received, due, 1, 3)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void theShareOfNothingIsNone() {
        assertThat(Seconds.share(DUE, new int[7], 0, 7)).isZero();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static io.evenkeel.policy.IdleTimeoutLearner.NO_HINT;
import static io.evenkeel.policy.SimulatedRoute.millis;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a margin is for: the way to the server, and delays on this side. */
class MarginTests {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 20, 50, 100, 150, 200, 300, 500, 900})
    void aRequestThatIsHeldUpForAsLongAsItMayStillArrivesInTime(long roundTrip) {
        IdleTimeoutLearner learner = new IdleTimeoutLearner(PoolLimits.DEFAULTS);
        learner.connected(millis(roundTrip), 0);
        learner.exchanged(millis(roundTrip), 0);
        long timeout = millis(4_000);
        learner.seenAlive(0, timeout - millis(1), 0);
        learner.closedByServer(timeout - millis(1), timeout, true, 0);

        long latest = learner.bound(NO_HINT, 0) + learner.allowance();

        assertThat(learner.allowance()).isGreaterThanOrEqualTo(millis(50));
        assertThat(latest + millis(roundTrip)).isLessThan(timeout);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import static io.evenkeel.policy.idle.IdleTimeoutLearner.NO_HINT;
import static io.evenkeel.policy.idle.SimulatedRoute.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.PoolLimits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a margin is for: the way to the server, and delays on this side. */
class MarginTests {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 20, 50, 100, 150, 200, 300, 500, 900})
    void aRequestThatIsHeldUpForAsLongAsItMayStillArrivesInTime(long roundTrip) {
        IdleTimeoutLearner learner = new IdleTimeoutLearner(PoolLimits.DEFAULTS);
        learner.connected(nanos(roundTrip), 0);
        learner.exchanged(nanos(roundTrip), 0);
        long timeout = nanos(4_000);
        learner.seenAlive(0, timeout - nanos(1), 0);
        learner.closedByServer(timeout - nanos(1), timeout, true, 0);

        long latest = learner.bound(NO_HINT, 0) + learner.allowance();

        assertThat(learner.allowance()).isGreaterThanOrEqualTo(nanos(50));
        assertThat(latest + nanos(roundTrip)).isLessThan(timeout);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.policy.replay.ExchangeFacts;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.replay.RequestFacts;

/** Rights to a replay, for tests of pools. */
final class Places {

    private Places() {}

    /** {@return that of a request which may be sent twice} */
    static ReplayPlace repeatable() {
        return new ReplayPlace(ReplaySettings.DEFAULTS, new RequestFacts("GET", false, true));
    }

    /** {@return that of a request which must not be sent twice} */
    static ReplayPlace careful() {
        return new ReplayPlace(ReplaySettings.DEFAULTS, new RequestFacts("POST", false, true));
    }

    /** Breaks the kept connection of the request before any answer. */
    static void breakConnection(ReplayPlace place) {
        place.decide(new ExchangeFacts(true, ExchangeFacts.Ending.BROKEN, true, false), true);
    }
}

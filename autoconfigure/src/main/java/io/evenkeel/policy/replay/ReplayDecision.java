// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.replay;

import java.util.HashSet;
import java.util.Set;

/**
 * Whether a request is sent once more, and if not, why not.
 *
 * @param facts the exchange that this is about
 * @param obstacles everything that forbids it; none if it is allowed
 */
public record ReplayDecision(ExchangeFacts facts, Set<ReplayObstacle> obstacles) {

    public ReplayDecision {
        obstacles = Set.copyOf(obstacles);
    }

    /** {@return the same, with one more obstacle} */
    public ReplayDecision with(ReplayObstacle obstacle) {
        Set<ReplayObstacle> all = new HashSet<>(this.obstacles);
        all.add(obstacle);
        return new ReplayDecision(this.facts, all);
    }

    /** {@return whether the request is sent once more} */
    public boolean allowed() {
        return this.obstacles.isEmpty();
    }

    /**
     * {@return whether a kept connection broke before any response} Then it is for the request to say whether it may be
     * sent again, and a refusal is worth explaining.
     */
    public boolean connectionLost() {
        return this.facts.connectionLost();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.ExchangeFacts;
import io.evenkeel.policy.ReplayRule;

/**
 * One request's right to be sent once more, and the place in the pool that goes with it. When the connection breaks and
 * the rule allows a replay, the pool keeps the place of that connection free: the replay opens a connection of its own
 * without waiting in line a second time.
 */
final class ReplayPlace {

    private enum State {
        OPEN,
        GRANTED,
        RESERVED,
        SPENT
    }

    private volatile State state = State.OPEN;

    /** Decides on the first failure of the request; there is no second replay. */
    void exchangeFailed(String method, boolean repeatable, ExchangeFacts facts) {
        if (this.state == State.OPEN) {
            this.state = ReplayRule.allows(method, repeatable, facts) ? State.GRANTED : State.SPENT;
        }
    }

    /** {@return whether the request is to be sent again} */
    boolean granted() {
        return this.state == State.GRANTED || this.state == State.RESERVED;
    }

    // Called under the lock of the pool.

    /** {@return whether the place of the broken connection is to be kept free from now on} */
    boolean reserve() {
        return advance(State.GRANTED, State.RESERVED);
    }

    /** {@return whether a place was kept free, which now is the caller's to use or to give away} */
    boolean spend() {
        return advance(State.RESERVED, State.SPENT);
    }

    /**
     * Ends a right that was granted, so that a connection which comes back later, from another thread that aborted the
     * call, leaves no place behind.
     *
     * @return whether a place was kept free, which now is the caller's to give away
     */
    boolean forfeit() {
        advance(State.GRANTED, State.SPENT);
        return spend();
    }

    private boolean advance(State from, State to) {
        if (this.state != from) {
            return false;
        }
        this.state = to;
        return true;
    }
}

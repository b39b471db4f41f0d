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

    private final boolean repeatable;

    private volatile State state = State.OPEN;

    /** Used by the thread of the call only. */
    private boolean replaying;

    /** @param repeatable whether the request may be sent twice if the worst comes to the worst */
    ReplayPlace(boolean repeatable) {
        this.repeatable = repeatable;
    }

    /**
     * {@return whether the request may be sent twice} If not, it rides only a connection whose idle age is proven to be
     * below the idle timeout of the server.
     */
    boolean mayBeSentTwice() {
        return this.repeatable;
    }

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

    /** The next exchange is the replay. */
    void replays() {
        this.replaying = true;
    }

    /** {@return whether the exchange that begins is the replay} Asked by each: what follows it is a new request. */
    boolean takeReplay() {
        boolean replay = this.replaying;
        this.replaying = false;
        return replay;
    }

    // Called under the lock of the pool.

    /** {@return whether the place of the broken connection is to be kept free from now on} */
    boolean reserve() {
        if (this.state != State.GRANTED) {
            return false;
        }
        this.state = State.RESERVED;
        return true;
    }

    /**
     * Ends the right, whether it is used or given up: a connection of the request that comes back later, from another
     * thread that aborted the call, keeps no place free.
     *
     * @return whether a place was kept free, which now is the caller's to use or to give away
     */
    boolean spend() {
        boolean reserved = this.state == State.RESERVED;
        if (granted()) {
            this.state = State.SPENT;
        }
        return reserved;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.policy.replay.ExchangeFacts;
import io.evenkeel.policy.replay.ReplayDecision;
import io.evenkeel.policy.replay.ReplayObstacle;
import io.evenkeel.policy.replay.ReplayRule;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.replay.RequestFacts;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request's right to be sent once more, and the place in the pool that goes with it. When the connection breaks and
 * the rule allows a replay, the pool keeps the place of that connection free: the replay opens a connection of its own
 * without waiting in line a second time.
 *
 * <p>A request of which nothing was sent, since the look found its connection unfit, is not sent again: it passes on to
 * another connection, as often as that happens, and its place goes with it, too.
 */
public final class ReplayPlace {

    private enum Place {
        NOT_KEPT,
        TO_BE_KEPT,
        KEPT
    }

    private final ReplaySettings settings;
    private final RequestFacts request;

    private volatile Place place = Place.NOT_KEPT;

    // of the thread of the call
    private @Nullable Verdict verdict;
    private boolean spent;
    private boolean replaying;
    private boolean passingOn;
    private boolean deadSkipped;
    private Duration waited = Duration.ZERO;

    /**
     * @param settings of the client
     * @param request what it says of its being sent twice
     */
    public ReplayPlace(ReplaySettings settings, RequestFacts request) {
        this.settings = settings;
        this.request = request;
    }

    public RequestFacts request() {
        return this.request;
    }

    /**
     * {@return whether the request may be sent twice} If not, it rides only a connection whose idle age is proven to be
     * below the idle timeout of the server.
     */
    public boolean mayBeSentTwice() {
        return ReplayRule.mayBeSentTwice(this.settings, this.request);
    }

    /**
     * Decides on an exchange that gave no response. There is one replay for a request.
     *
     * @param facts what is known of the exchange
     * @param idle how long its connection had been idle before
     * @param elapsed the time since it began
     * @param bodyRepeatable whether the body can be written again, now that it may have been
     * @return whether the request is to be sent again
     */
    public boolean exchangeEnded(ExchangeFacts facts, Duration idle, Duration elapsed, boolean bodyRepeatable) {
        ReplayDecision decision = decide(facts, bodyRepeatable);
        this.verdict = new Verdict(decision, idle, elapsed);
        return decision.allowed();
    }

    ReplayDecision decide(ExchangeFacts facts, boolean bodyRepeatable) {
        ReplayDecision decision = ReplayRule.decide(this.settings, this.request.withBody(bodyRepeatable), facts);
        if (this.spent) {
            return decision.allowed() ? new ReplayDecision(facts, Set.of(ReplayObstacle.REPLAYED)) : decision;
        }
        this.spent = true;
        if (decision.allowed()) {
            this.place = Place.TO_BE_KEPT;
        }
        return decision;
    }

    /**
     * The connection was found unfit before anything was sent on it. That takes nothing from the right.
     *
     * @param dead whether its peer had closed it
     */
    public void passOn(boolean dead) {
        this.passingOn = true;
        this.deadSkipped |= dead;
        this.place = Place.TO_BE_KEPT;
    }

    /** {@return whether the request passes on to another connection, if anything was decided since this was last asked} */
    public boolean takePassOn() {
        boolean taken = this.passingOn;
        this.passingOn = false;
        return taken;
    }

    /** What was told to nobody of a lease of an unfit connection goes to the account of the next. */
    void carryOver(Duration waited, boolean deadSkipped) {
        this.deadSkipped |= deadSkipped;
        this.waited = waited;
    }

    /** {@return the wait that led to an unfit connection} */
    Duration takeWaited() {
        Duration taken = this.waited;
        this.waited = Duration.ZERO;
        return taken;
    }

    /** {@return whether a dead connection was skipped since this was last asked} */
    boolean takeDeadSkipped() {
        boolean taken = this.deadSkipped;
        this.deadSkipped = false;
        return taken;
    }

    /** {@return what was decided, if anything was since this was last asked} */
    @Nullable
    public Verdict takeVerdict() {
        Verdict taken = this.verdict;
        this.verdict = null;
        return taken;
    }

    /** The next exchange is the replay. */
    public void replays() {
        this.replaying = true;
    }

    /** {@return whether the next exchange is the replay, which goes out on a fresh connection} */
    boolean isReplaying() {
        return this.replaying;
    }

    /** {@return whether the exchange that begins is the replay} Asked by each: what follows it is a new request. */
    public boolean takeReplay() {
        boolean replay = this.replaying;
        this.replaying = false;
        return replay;
    }

    /** {@return whether a place is kept free, or may come to be} Of most requests it never is: they spare the lock. */
    boolean mayBeKept() {
        return this.place != Place.NOT_KEPT;
    }

    // Called under the lock of the pool.

    /** {@return whether the place of the broken connection is to be kept free from now on} */
    boolean reserve() {
        if (this.place != Place.TO_BE_KEPT) {
            return false;
        }
        this.place = Place.KEPT;
        return true;
    }

    /**
     * Ends the keeping, whether the place is used or given up: a connection of the request that comes back later, from another
     * thread that aborted the call, keeps no place free.
     *
     * @return whether a place was kept free, which now is the caller's to use or to give away
     */
    boolean spend() {
        boolean kept = this.place == Place.KEPT;
        this.place = Place.NOT_KEPT;
        return kept;
    }

    /** An exchange that gave no response, and what follows from it. */
    public record Verdict(ReplayDecision decision, Duration idle, Duration elapsed) {

        /** {@return the same, with one more obstacle} */
        public Verdict with(ReplayObstacle obstacle) {
            return new Verdict(this.decision.with(obstacle), this.idle, this.elapsed);
        }
    }
}

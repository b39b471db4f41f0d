// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import io.evenkeel.policy.PoolLimits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Learns after which idle time a server closes its connections, from what is seen of them, and decides up to which idle
 * age a connection may carry a request. One for each route. Times and ages in nanoseconds of one monotonic clock. Not
 * thread-safe.
 *
 * <p>Evidence is of two kinds: the ages at which idle connections were closed, and the ages at which they were seen alive.
 * A request that may be sent twice rides up to the age at which the server is believed to close, less a margin. Any other
 * never explores: it rides up to half of the age that a connection has lived to, since a server may close a connection
 * anywhere between its timeout and twice that, and in no case beyond an age at which one was ever closed.
 *
 * <p>A close that contradicts what was seen is a suspicion only: a restart, a deployment or an accident closes connections
 * of any age. It bounds what must not be sent twice at once, and everything else when it happens again. What is believed
 * is given up when connections outlive it ({@link CloseClaim}).
 */
public final class IdleTimeoutLearner {

    /** The server gave no hint. */
    public static final long NO_HINT = -1;

    /** Servers do not time out that fast; a request that follows another is not kept waiting for a proof. */
    public static final long ALWAYS_PROVEN = TimeUnit.MILLISECONDS.toNanos(100);

    /** Closed within that time after its response: not because it was idle. */
    private static final long AT_ONCE = TimeUnit.MILLISECONDS.toNanos(50);

    /** A connection is not watched from the first moment: that it was closed at once may show as late as that. */
    private static final long NOTICED_LATE = TimeUnit.SECONDS.toNanos(1);

    /** One to two times as long: one name may stand for several servers, each with a timeout of its own. */
    private static final Duration CLOSES_REMEMBERED = Duration.ofMinutes(4);

    private static final long DOUBT_AFTER = TimeUnit.MINUTES.toNanos(5);

    private static final int CLOSED_AT_ONCE_IN_A_ROW = 3;
    private static final long SHORTEST_REST = TimeUnit.MINUTES.toNanos(1);
    private static final long LONGEST_REST = TimeUnit.MINUTES.toNanos(10);

    private final boolean enabled;
    private final long idleTimeout;
    private final long maxIdleTimeout;
    private final RoundTripTime roundTrip = new RoundTripTime();

    private long alive;
    private @Nullable CloseClaim believed;
    private @Nullable CloseClaim suspected;
    private final RecentMinimum closes = new RecentMinimum(CLOSES_REMEMBERED);

    private int closedAtOnce;
    private long rest;
    private long restingSince;

    public IdleTimeoutLearner(PoolLimits limits) {
        this.enabled = limits.learnIdleTimeout();
        this.idleTimeout = limits.idleTimeout().toNanos();
        this.maxIdleTimeout = limits.maxIdleTimeout().toNanos();
    }

    // --- evidence ---------------------------------------------------------------------------------------------------

    /** Connecting to the server took so long. */
    public void connected(long took, long now) {
        this.roundTrip.connected(took, now);
    }

    /** A response or a handshake took so long, from the first byte that was sent to the first that came. */
    public void exchanged(long took, long now) {
        this.roundTrip.exchanged(took, now);
    }

    /**
     * An idle connection is open.
     *
     * @param from idle age at which it was last seen open, 0 if it was not
     * @param to its idle age now; where in doubt, the least that it can be
     */
    public void seenAlive(long from, long to, long now) {
        if (!this.enabled) {
            return;
        }
        this.alive = Math.max(this.alive, to);
        this.believed = unrefuted(this.believed, from, to, now);
        this.suspected = unrefuted(this.suspected, from, to, now);
    }

    private @Nullable CloseClaim unrefuted(@Nullable CloseClaim claim, long from, long to, long now) {
        if (claim == null) {
            return null;
        }
        claim.survived(from, to, this.maxIdleTimeout, now);
        return claim.isRefuted() ? null : claim;
    }

    /** A connection that had been idle was used, and answered. */
    public void reused() {
        this.closedAtOnce = 0;
        this.rest = 0;
    }

    /**
     * The server closed a connection while it was idle, or before it read the request that was sent on it.
     *
     * @param from idle age at which it was last seen open, 0 if it was not
     * @param age idle age at which it was seen closed; where in doubt, the most that it can have been
     * @param used whether the connection had ever been used again after its first response
     */
    public void closedByServer(long from, long age, boolean used, long now) {
        if (!this.enabled) {
            return;
        }
        if (from < AT_ONCE && age < NOTICED_LATE) {
            closedAtOnce(used, now);
            if (age >= AT_ONCE && (this.suspected == null || age < this.suspected.age())) {
                this.suspected = new CloseClaim(age, now);
            }
            return;
        }
        this.closes.add(age, now);
        this.believed = unrefuted(this.believed, from, age, now);
        this.suspected = unrefuted(this.suspected, from, age, now);
        if (this.believed != null && (age >= this.believed.age() || isLikely(age))) {
            closedWhileBelieving(this.believed, age, now);
        } else if (isLikely(age)) {
            this.believed = new CloseClaim(age, now);
        } else {
            suspect(age, now);
        }
    }

    private void closedWhileBelieving(CloseClaim claim, long age, long now) {
        if (claim.agreesWith(age)) {
            claim.closedAt(age, now);
        } else if (age < claim.age()) {
            this.believed = new CloseClaim(age, now);
        }
    }

    /** {@return whether a server that has kept a connection for as long as this one did may close at such an age} */
    private boolean isLikely(long age) {
        return age >= this.alive / 2;
    }

    private void suspect(long age, long now) {
        CloseClaim before = this.suspected;
        if (before == null
                || (age < before.age() && (before.sinceSeen(now) < CloseClaim.ONE_EVENT || !before.agreesWith(age)))) {
            this.suspected = new CloseClaim(age, now);
        } else if (before.agreesWith(age) && before.sinceSeen(now) >= CloseClaim.ONE_EVENT) {
            // Twice is no accident: the server is another than the one that kept connections longer.
            this.believed = new CloseClaim(Math.min(before.age(), age), now);
            this.suspected = null;
            this.alive = this.believed.age();
        }
    }

    /** Some servers close without saying so. After some such connections none is kept for a while. */
    private void closedAtOnce(boolean used, long now) {
        if (used) {
            // It has served its number of requests.
            this.closedAtOnce = 0;
        } else if (++this.closedAtOnce >= CLOSED_AT_ONCE_IN_A_ROW) {
            this.closedAtOnce = 0;
            this.rest = Math.min(Math.max(SHORTEST_REST, 2 * this.rest), LONGEST_REST);
            this.restingSince = now;
        }
    }

    // --- decisions --------------------------------------------------------------------------------------------------

    /**
     * Bounds the idle age of connections that carry requests which may be sent twice.
     *
     * @param hint bound that follows from what the server says of itself, or {@link #NO_HINT}
     * @return the age; 0 if none may
     */
    public long bound(long hint, long now) {
        if (this.rest > 0 && now - this.restingSince < this.rest) {
            return 0;
        }
        long bound;
        CloseClaim claim = this.believed;
        if (claim != null) {
            long learned = Math.max(0, claim.age() - this.roundTrip.margin(claim.age()));
            bound = (hint != NO_HINT) ? Math.min(hint, learned) : learned;
        } else if (hint != NO_HINT) {
            bound = hint;
        } else {
            bound = Math.max(this.idleTimeout, this.alive - this.roundTrip.margin(this.alive));
        }
        return Math.min(bound, this.maxIdleTimeout);
    }

    /**
     * Bounds the idle age of connections that carry requests which must not be sent twice.
     *
     * @param hint as for {@link #bound}
     * @return the age; never above that of {@link #bound}
     */
    public long provenBound(long hint, long now) {
        long bound = bound(hint, now);
        if (!this.enabled) {
            return bound;
        }
        long half = this.alive / 2;
        bound = Math.min(bound, Math.max(ALWAYS_PROVEN, half - this.roundTrip.margin(half)));
        long shortest = Math.min(this.closes.get(now), Math.min(age(this.believed), age(this.suspected)));
        return (shortest == Long.MAX_VALUE)
                ? bound
                : Math.min(bound, Math.max(0, shortest - this.roundTrip.margin(shortest)));
    }

    private static long age(@Nullable CloseClaim claim) {
        return (claim != null) ? claim.age() : Long.MAX_VALUE;
    }

    /** {@return what connecting usually takes, in nanoseconds; 0 if nobody has seen it} */
    public long usualConnect() {
        return this.roundTrip.usualConnect();
    }

    /** {@return how long a request may be held up on this side after it was found to be within a bound} */
    public long allowance() {
        return this.roundTrip.allowance();
    }

    /** {@return whether the bound is one that was learned, and not one that was configured or announced} */
    public boolean hasLearned() {
        return this.believed != null || this.rest > 0;
    }

    /**
     * Tells whether a connection that may not be used any more is worth keeping open to see when the server closes it.
     */
    public boolean isCurious(long now) {
        if (!this.enabled) {
            return false;
        }
        if (this.suspected != null) {
            return true;
        }
        CloseClaim claim = this.believed;
        return (claim != null)
                ? !claim.isConfirmed() || claim.sinceSeen(now) >= DOUBT_AFTER
                : this.alive < this.maxIdleTimeout;
    }
}

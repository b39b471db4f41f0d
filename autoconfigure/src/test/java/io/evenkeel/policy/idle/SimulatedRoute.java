// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import static io.evenkeel.policy.idle.IdleTimeoutLearner.NO_HINT;

import io.evenkeel.policy.PoolLimits;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests one after the other to a server that closes idle connections by a rule of its own, and a client that keeps one
 * connection and one canary and asks a learner. Time is counted, not waited for, so that hours take a second.
 */
final class SimulatedRoute {

    /** At which idle age the server closes a connection that becomes idle now. */
    interface Server {

        long closesAfter(Random random, long now);
    }

    static final long TICK = nanos(250);

    private final IdleTimeoutLearner learner = new IdleTimeoutLearner(PoolLimits.DEFAULTS);
    private final Random random;
    private final long roundTrip;
    private Server server;
    private long now;
    private @Nullable Idle kept;
    private @Nullable Idle canary;

    int requests;
    int opened;
    int openedByOracle;
    int replayed;
    int lost;

    private static final class Idle {

        private final long since;
        private final long closesAt;
        private final boolean used;
        private long seenAlive;

        Idle(long since, long closesAfter, boolean used) {
            this.since = since;
            this.closesAt = (closesAfter == Long.MAX_VALUE) ? Long.MAX_VALUE : since + closesAfter;
            this.used = used;
        }
    }

    SimulatedRoute(long seed, long roundTrip, Server server) {
        this.random = new Random(seed);
        this.roundTrip = roundTrip;
        this.server = server;
    }

    static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    void server(Server server) {
        this.server = server;
    }

    long bound() {
        return TimeUnit.NANOSECONDS.toMillis(this.learner.bound(NO_HINT, this.now));
    }

    void restart() {
        this.kept = closedNow(this.kept);
        this.canary = closedNow(this.canary);
    }

    private @Nullable Idle closedNow(@Nullable Idle connection) {
        if (connection != null) {
            this.learner.closedByServer(connection.seenAlive, this.now - connection.since, connection.used, this.now);
        }
        return null;
    }

    /** Waits, and then makes a request. */
    void request(long gap, boolean careful) {
        waitFor(gap);
        this.requests++;
        if (this.kept == null || gap + this.roundTrip >= this.kept.closesAt - this.kept.since) {
            this.openedByOracle++;
        }
        boolean reuse = false;
        if (this.kept != null) {
            long age = this.now - this.kept.since;
            long bound = careful ? this.learner.provenBound(NO_HINT, this.now) : this.learner.bound(NO_HINT, this.now);
            if (this.now >= this.kept.closesAt) {
                this.kept = closedNow(this.kept);
            } else if (age < bound) {
                this.learner.seenAlive(this.kept.seenAlive, age, this.now);
                reuse = ride(age, careful);
            } else {
                dismiss(this.kept);
                this.kept = null;
            }
        }
        if (!reuse) {
            this.opened++;
            this.learner.connected(this.roundTrip, this.now);
        }
        this.now += this.roundTrip;
        this.learner.exchanged(this.roundTrip, this.now);
        this.kept = new Idle(this.now, this.server.closesAfter(this.random, this.now), reuse);
    }

    private boolean ride(long age, boolean careful) {
        if (this.kept != null && this.now + this.roundTrip < this.kept.closesAt) {
            this.learner.reused();
            return true;
        }
        this.learner.closedByServer(0, age, this.kept != null && this.kept.used, this.now);
        if (careful) {
            this.lost++;
        } else {
            this.replayed++;
        }
        return false;
    }

    private void dismiss(Idle connection) {
        if (this.canary == null && this.learner.isCurious(this.now)) {
            this.canary = connection;
        }
    }

    private void waitFor(long gap) {
        long end = this.now + gap;
        while (end - this.now > TICK) {
            this.now += TICK;
            this.kept = watched(this.kept);
            if (this.kept != null && this.now - this.kept.since >= this.learner.bound(NO_HINT, this.now)) {
                dismiss(this.kept);
                this.kept = null;
            }
            this.canary = watched(this.canary);
            if (this.canary != null
                    && (!this.learner.isCurious(this.now) || this.now - this.canary.since >= nanos(60_000))) {
                this.canary = null;
            }
        }
        this.now = end;
    }

    /** A selector tells of a close when it happens. */
    private @Nullable Idle watched(@Nullable Idle connection) {
        if (connection == null || this.now - connection.since < TICK) {
            return connection;
        }
        if (connection.closesAt <= this.now) {
            long seen = Math.max(connection.closesAt, connection.since + TICK);
            this.learner.closedByServer(connection.seenAlive, seen - connection.since, connection.used, this.now);
            return null;
        }
        long age = this.now - connection.since;
        this.learner.seenAlive(connection.seenAlive, age, this.now);
        connection.seenAlive = age;
        return connection;
    }
}

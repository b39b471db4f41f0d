// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.idle.IdleTimeoutLearner;
import io.evenkeel.policy.idle.KeptConnectionsAdvice;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.IdleAge;
import io.evenkeel.transport.connection.PooledConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.HttpRoute;
import org.jspecify.annotations.Nullable;

/** What is known of a route and outlives its connections. Guarded by the lock of the pool. */
final class RouteHistory {

    /** Smaller changes of the bound are noise of the measured round trip. */
    private static final long RESOLUTION_MILLIS = 10;

    private final IdleTimeoutLearner learner;
    private final KeptConnectionsAdvice advice;
    private long toldMillis = -1;

    RouteHistory(PoolLimits limits, long now) {
        this.learner = new IdleTimeoutLearner(limits);
        this.advice = new KeptConnectionsAdvice(limits.maxSize(), now);
    }

    IdleTimeoutLearner learner() {
        return this.learner;
    }

    KeptConnectionsAdvice advice() {
        return this.advice;
    }

    /** Lets a request ride a connection that was just returned. */
    void permit(PooledConnection connection, long now) {
        IdleAge age = connection.history().idleAge();
        permitUpTo(connection, this.learner.provenBound(age.hint(), now));
    }

    /** What a bound leaves for the way to the server is for delays on this side, too, but not all of it. */
    void permitUpTo(PooledConnection connection, long bound) {
        IdleAge age = connection.history().idleAge();
        connection.mustBeSentBy(age.at(bound + this.learner.allowance()));
    }

    /**
     * Learns from how a connection got through the lease that ends now, and the idle time before it.
     *
     * @return whether those that have been idle as long are as dead, or will be
     */
    boolean learn(ConnectionHistory history, boolean answered, long now) {
        IdleAge age = history.idleAge();
        history.roundTrips().tell(this.learner, now);
        if (!age.wasIdle()) {
            return false;
        }
        this.learner.seenAlive(age.aliveBefore(), age.aliveAt(), now);
        if (history.takeBrokenBeforeResponse()) {
            this.learner.closedByServer(age.aliveAt(), age.usedAt(), age.wasReused(), now);
            return true;
        }
        if (answered) {
            this.learner.reused();
        }
        return false;
    }

    /** Learns from a connection that was closed while it was idle. */
    void learnFromDead(ConnectionHistory history, long now) {
        if (history.wasClosedByPeer()) {
            IdleAge age = history.idleAge();
            this.learner.closedByServer(age.seenAliveAt(), age.most(now), age.wasReused(), now);
        }
    }

    /** Learns from an idle connection that a selector would have told of, had its peer closed it. */
    void learnFromWatched(PooledConnection connection, long now) {
        if (connection.idleWatch().isWatched()) {
            IdleAge idleAge = connection.history().idleAge();
            long age = idleAge.least(now);
            this.learner.seenAlive(idleAge.seenAlive(age), age, now);
        }
    }

    /** {@return the bound of idle ages if it is not what was returned the last time} */
    @Nullable
    Duration changedBound(long bound) {
        long millis = TimeUnit.NANOSECONDS.toMillis(bound);
        millis -= millis % RESOLUTION_MILLIS;
        if (millis == this.toldMillis) {
            return null;
        }
        this.toldMillis = millis;
        return Duration.ofMillis(millis);
    }

    /** The histories of a pool, as many as it can afford. Those of routes with connections are known to them, too. */
    static final class All {

        static final int MOST = 1024;

        private final PoolLimits limits;
        private final Map<HttpRoute, RouteHistory> byRoute = new LinkedHashMap<>(16, 0.75f, true) {

            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<HttpRoute, RouteHistory> eldest) {
                return size() > MOST;
            }
        };

        All(PoolLimits limits) {
            this.limits = limits;
        }

        RouteHistory of(HttpRoute route, long now) {
            return this.byRoute.computeIfAbsent(route, absent -> new RouteHistory(this.limits, now));
        }

        /** The route has no connections any more; its history is the last to be forgotten. */
        void keep(HttpRoute route, RouteHistory history) {
            this.byRoute.put(route, history);
        }

        int size() {
            return this.byRoute.size();
        }

        void forEach(BiConsumer<HttpRoute, RouteHistory> action) {
            this.byRoute.forEach(action);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.IdleTimeoutLearner;
import io.evenkeel.policy.KeptConnectionsAdvice;
import io.evenkeel.policy.PoolLimits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.HttpRoute;
import org.jspecify.annotations.Nullable;

/** What is known of a route and outlives its connections. Guarded by the lock of the pool. */
final class RouteMemory {

    /** Smaller changes of the bound are noise of the measured round trip. */
    private static final long RESOLUTION_MILLIS = 10;

    private final IdleTimeoutLearner learner;
    private final KeptConnectionsAdvice advice;
    private long toldMillis = -1;

    RouteMemory(PoolLimits limits, long now) {
        this.learner = new IdleTimeoutLearner(limits);
        this.advice = new KeptConnectionsAdvice(limits.maxSize(), now);
    }

    IdleTimeoutLearner learner() {
        return this.learner;
    }

    KeptConnectionsAdvice advice() {
        return this.advice;
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

    /** The memories of a pool, as many as it can afford. Those of routes with connections are known to them, too. */
    static final class All {

        static final int MOST = 1024;

        private final PoolLimits limits;
        private final Map<HttpRoute, RouteMemory> byRoute = new LinkedHashMap<>(16, 0.75f, true) {

            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<HttpRoute, RouteMemory> eldest) {
                return size() > MOST;
            }
        };

        All(PoolLimits limits) {
            this.limits = limits;
        }

        RouteMemory of(HttpRoute route, long now) {
            return this.byRoute.computeIfAbsent(route, absent -> new RouteMemory(this.limits, now));
        }

        /** The route has no connections any more; its memory is the last to be forgotten. */
        void keep(HttpRoute route, RouteMemory memory) {
            this.byRoute.put(route, memory);
        }

        int size() {
            return this.byRoute.size();
        }

        void forEach(BiConsumer<HttpRoute, RouteMemory> action) {
            this.byRoute.forEach(action);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.KeptConnectionsAdvice;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.hc.client5.http.HttpRoute;

/**
 * What is known of the routes of a pool. It outlives the connections, which may be gone a few seconds after the last
 * request; the routes that were not heard of for the longest time are forgotten. Guarded by the lock of its pool.
 */
final class AdviceByRoute {

    private static final int MOST_ROUTES = 1024;

    private final int maxSize;

    /** The first was not asked for for the longest time. */
    private final Map<HttpRoute, KeptConnectionsAdvice> routes = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<HttpRoute, KeptConnectionsAdvice> eldest) {
            return size() > MOST_ROUTES;
        }
    };

    /** @param maxSize connections that are kept for each route */
    AdviceByRoute(int maxSize) {
        this.maxSize = maxSize;
    }

    KeptConnectionsAdvice of(HttpRoute route, long now) {
        return this.routes.computeIfAbsent(route, added -> new KeptConnectionsAdvice(this.maxSize, now));
    }

    void forEach(BiConsumer<HttpRoute, KeptConnectionsAdvice> action) {
        this.routes.forEach(action);
    }
}

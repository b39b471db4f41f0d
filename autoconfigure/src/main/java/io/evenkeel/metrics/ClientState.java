// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RouteSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What the gauges of a client show. Not changed any more once it is published. */
final class ClientState {

    static final ClientState NO_POOLS = new ClientState();

    private final Map<String, RouteState> routes = new HashMap<>();
    private int pools;
    private double maxIdlePerRoute = Double.NaN;
    private double maxPerRoute = Double.NaN;

    void add(PoolSnapshot pool, UnaryOperator<String> tagOf) {
        this.pools++;
        this.maxIdlePerRoute = RouteState.largest(this.maxIdlePerRoute, pool.maxIdlePerRoute());
        this.maxPerRoute = RouteState.largest(this.maxPerRoute, pool.maxPerRoute());
        for (RouteSnapshot route : pool.routes()) {
            this.routes.merge(tagOf.apply(route.route()), RouteState.of(route, pool.maxPerRoute()), RouteState::plus);
        }
    }

    int pools() {
        return this.pools;
    }

    /** {@return connections kept per route, {@code NaN} without a pool: 0 would be a setting} */
    double maxIdlePerRoute() {
        return this.maxIdlePerRoute;
    }

    /** {@return the state of a route; one without connections may open as many as one pool allows} */
    RouteState route(String tag) {
        RouteState known = this.routes.get(tag);
        if (known == null) {
            return RouteState.unused(this.maxPerRoute, Double.NaN);
        }
        return known.isInUse() ? known : RouteState.unused(this.maxPerRoute, known.recommended());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.resilience4j;

import io.evenkeel.policy.breaker.BreakerSettings;
import io.evenkeel.policy.breaker.BreakerSource;
import io.evenkeel.policy.breaker.Breakers;
import io.evenkeel.time.Ticker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Circuit breakers in a registry of Resilience4j, whose meters, events and endpoints see them. A breaker is named
 * {@code <client>@<host>:<port>}, or as its client if that has one for all routes. Thread-safe.
 */
public final class Resilience4jBreakers implements BreakerSource {

    private final CircuitBreakerRegistry registry;
    private final int mostRoutes;
    private final Ticker ticker;
    private final Map<String, Breakers> clients = new ConcurrentHashMap<>();

    /** @param mostRoutes of a client that have breakers at the same time */
    public Resilience4jBreakers(CircuitBreakerRegistry registry, int mostRoutes, Ticker ticker) {
        this.registry = registry;
        this.mostRoutes = mostRoutes;
        this.ticker = ticker;
    }

    @Override
    public Breakers of(String client, BreakerSettings settings) {
        return this.clients.computeIfAbsent(client, name -> make(name, settings));
    }

    private Breakers make(String client, BreakerSettings settings) {
        BreakerConfigs configs = new BreakerConfigs(this.registry, client, settings, this.ticker);
        if (settings.perRoute()) {
            return new RouteBreakers(
                    client,
                    this.mostRoutes,
                    name -> new Resilience4jBreaker(name, this.registry, configs, this.ticker));
        }
        Resilience4jBreaker one = new Resilience4jBreaker(client, this.registry, configs, this.ticker);
        return authority -> one;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.resilience4j;

import io.evenkeel.policy.breaker.BreakerSettings;
import io.evenkeel.time.Ticker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.Optional;

/** What the breakers of a client are configured with: the application's own configuration of that name, or our settings. */
final class BreakerConfigs {

    /** Clients that opened together do not try in one instant. */
    private static final double SPREAD = 0.2;

    /** Longer than any call, so that none is slow. */
    private static final Duration NEVER_SLOW = Duration.ofDays(365);

    // As the library names it: InMemoryCircuitBreakerRegistry.
    private static final String DEFAULT_CONFIG = "default";

    private final CircuitBreakerRegistry registry;
    private final String client;
    private final BreakerSettings settings;
    private final TickerClock clock;

    BreakerConfigs(CircuitBreakerRegistry registry, String client, BreakerSettings settings, Ticker ticker) {
        this.registry = registry;
        this.client = client;
        this.settings = settings;
        this.clock = new TickerClock(ticker);
    }

    CircuitBreakerConfig get() {
        return this.registry
                .find(this.client)
                .map(CircuitBreaker::getCircuitBreakerConfig)
                .or(this::ofName)
                .orElseGet(this::ofSettings);
    }

    /** The configuration "default" is there always, and is that of all breakers that nobody configures. */
    private Optional<CircuitBreakerConfig> ofName() {
        return this.client.equals(DEFAULT_CONFIG) ? Optional.empty() : this.registry.getConfiguration(this.client);
    }

    private CircuitBreakerConfig ofSettings() {
        Duration slow = this.settings.slowCallDurationThreshold();
        return CircuitBreakerConfig.custom()
                .clock(this.clock)
                .failureRateThreshold((float) this.settings.failureRateThreshold())
                .slidingWindow(
                        this.settings.slidingWindowSize(),
                        this.settings.minimumNumberOfCalls(),
                        SlidingWindowType.valueOf(
                                this.settings.slidingWindowType().name()))
                .permittedNumberOfCallsInHalfOpenState(this.settings.permittedNumberOfCallsInHalfOpenState())
                .waitIntervalFunctionInOpenState(
                        IntervalFunction.ofRandomized(this.settings.waitDurationInOpenState(), SPREAD))
                .slowCallDurationThreshold(slow.isZero() ? NEVER_SLOW : slow)
                .slowCallRateThreshold((float) this.settings.slowCallRateThreshold())
                // Nobody reads where in the chain it was made.
                .writableStackTraceEnabled(false)
                .build();
    }
}

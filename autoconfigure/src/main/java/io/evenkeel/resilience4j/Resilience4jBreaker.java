// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.resilience4j;

import io.evenkeel.policy.breaker.Breaker;
import io.evenkeel.policy.breaker.OpenCircuit;
import io.evenkeel.time.Ticker;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker of Resilience4j, taken from its registry when it is first used. It knows besides what failed last, and when
 * the next attempt is let through. Thread-safe.
 */
final class Resilience4jBreaker implements Breaker {

    private static final int MOST_TEXT = 200;

    private final String name;
    private final CircuitBreakerRegistry registry;
    private final BreakerConfigs configs;
    private final Ticker ticker;

    private volatile @Nullable CircuitBreaker breaker;
    private volatile boolean isOurs;
    private volatile @Nullable Long triesAt;
    private volatile @Nullable String lastFailure;

    Resilience4jBreaker(String name, CircuitBreakerRegistry registry, BreakerConfigs configs, Ticker ticker) {
        this.name = name;
        this.registry = registry;
        this.configs = configs;
        this.ticker = ticker;
    }

    /** Its registry calls strangers when it makes one, so this is not called with a lock held. */
    private CircuitBreaker breaker() {
        CircuitBreaker known = this.breaker;
        if (known == null) {
            // Whoever comes first makes it, and all others get the same.
            known = this.registry.find(this.name).map(this::watched).orElseGet(this::made);
            this.breaker = known;
        }
        return known;
    }

    private CircuitBreaker made() {
        this.isOurs = true;
        CircuitBreakerConfig config = this.configs.get();
        IntervalFunction wait = config.getWaitIntervalFunctionInOpenState();
        return this.registry.circuitBreaker(
                this.name,
                CircuitBreakerConfig.from(config)
                        .waitIntervalFunctionInOpenState(attempt -> {
                            long millis = wait.apply(attempt);
                            triesIn(millis);
                            return millis;
                        })
                        .build());
    }

    /** The application has made it: how long it waits, it may say anew each time it is asked. */
    private CircuitBreaker watched(CircuitBreaker made) {
        IntervalFunction wait = made.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState();
        made.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == State.OPEN) {
                triesIn(wait.apply(1));
            }
        });
        return made;
    }

    private void triesIn(long millis) {
        this.triesAt = this.ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public boolean tryAcquire() {
        return breaker().tryAcquirePermission();
    }

    @Override
    public void succeeded(long nanos) {
        breaker().onSuccess(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void failed(long nanos, Throwable failure) {
        String text = failure.toString();
        this.lastFailure = (text.length() > MOST_TEXT) ? text.substring(0, MOST_TEXT) + "..." : text;
        breaker().onError(nanos, TimeUnit.NANOSECONDS, failure);
    }

    @Override
    public void ignored() {
        breaker().releasePermission();
    }

    @Override
    public boolean isOpen() {
        State state = breaker().getState();
        return state == State.OPEN || state == State.FORCED_OPEN;
    }

    /** {@return whether it lets everything through, or has not been used} */
    boolean isClosed() {
        CircuitBreaker known = this.breaker;
        return known == null || known.getState() == State.CLOSED;
    }

    /** Takes it out of the registry, unless the application has put it there. */
    void remove() {
        if (this.isOurs) {
            this.registry.remove(this.name);
        }
    }

    @Override
    public OpenCircuit refusal() {
        CircuitBreaker known = breaker();
        State state = known.getState();
        OpenCircuit.Kind kind = switch (state) {
            case FORCED_OPEN -> OpenCircuit.Kind.FORCED;
            case OPEN -> OpenCircuit.Kind.OPEN;
            // It may have gone on since it refused.
            case HALF_OPEN, CLOSED, DISABLED, METRICS_ONLY -> OpenCircuit.Kind.TRYING;
        };
        Long tries = this.triesAt;
        CircuitBreaker.Metrics metrics = known.getMetrics();
        return new OpenCircuit(
                this.name,
                kind,
                metrics.getNumberOfFailedCalls(),
                metrics.getNumberOfSlowCalls(),
                metrics.getNumberOfBufferedCalls(),
                (tries != null && kind == OpenCircuit.Kind.OPEN)
                        ? Duration.ofNanos(Math.max(0, tries - this.ticker.nanoTime()))
                        : null,
                this.lastFailure,
                CallNotPermittedException.createCallNotPermittedException(known));
    }
}

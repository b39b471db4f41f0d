// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.resilience4j;

import io.evenkeel.policy.breaker.Breaker;
import io.evenkeel.policy.breaker.OpenCircuit;
import io.evenkeel.time.Ticker;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.Metrics;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker of Resilience4j, taken from its registry when it is first used. It knows besides what opened it, what failed
 * last, and when the next attempt is let through. Thread-safe.
 */
final class Resilience4jBreaker implements Breaker {

    private static final Logger log = LoggerFactory.getLogger(Resilience4jBreaker.class);

    private static final int MOST_TEXT = 200;

    /** Trials that take longer have not succeeded: one that hangs would keep all others out for ever. */
    private static final long LONGEST_TRIAL = TimeUnit.MINUTES.toNanos(1);

    /** The breaker is out of order, which is no reason to send nothing. */
    private static final Permit UNGUARDED = new Permit() {
        @Override
        public void succeeded(long nanos) {}

        @Override
        public void failed(long nanos, Throwable failure) {}

        @Override
        public void ignored() {}
    };

    private final String name;
    private final CircuitBreakerRegistry registry;
    private final BreakerConfigs configs;
    private final Ticker ticker;

    private volatile @Nullable CircuitBreaker breaker;
    private volatile boolean isOurs;
    private volatile boolean isRemoved;
    private volatile @Nullable Long triesAt;
    private volatile @Nullable Long tryingSince;
    private volatile @Nullable Counts opened;
    private volatile @Nullable String lastFailure;

    private record Counts(int failed, int slow, int all) {}

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
            known = this.registry.find(this.name).orElse(null);
            if (known == null) {
                this.isOurs = true;
                // Whoever comes first makes it, and all others get the same.
                known = this.registry.circuitBreaker(this.name, config());
            }
            known.getEventPublisher().onStateTransition(event -> transited(event.getStateTransition()));
            this.breaker = known;
            if (this.isRemoved) {
                remove();
            }
        }
        return known;
    }

    private CircuitBreakerConfig config() {
        CircuitBreakerConfig config = this.configs.get();
        IntervalFunction wait = config.getWaitIntervalFunctionInOpenState();
        return CircuitBreakerConfig.from(config)
                // What counts is decided by evidence, which classes of exceptions do not tell.
                .recordExceptions()
                .ignoreExceptions()
                .recordException(failure -> true)
                .ignoreException(failure -> false)
                .waitIntervalFunctionInOpenState(attempt -> {
                    long millis = wait.apply(attempt);
                    this.triesAt = this.ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
                    return millis;
                })
                .build();
    }

    private void transited(StateTransition transition) {
        boolean trying = transition.getToState() == State.HALF_OPEN;
        this.tryingSince = trying ? (Long) this.ticker.nanoTime() : null;
        CircuitBreaker known = this.breaker;
        if (transition.getToState() == State.OPEN && known != null) {
            // Later, the window has moved on, and calls have ended that began before.
            Metrics metrics = known.getMetrics();
            this.opened = new Counts(
                    metrics.getNumberOfFailedCalls(),
                    metrics.getNumberOfSlowCalls(),
                    metrics.getNumberOfBufferedCalls());
        }
    }

    @Override
    public @Nullable Permit tryAcquire() {
        CircuitBreaker known;
        boolean permitted;
        try {
            known = breaker();
            permitted = known.tryAcquirePermission();
            if (!permitted) {
                endHangingTrials(known);
            }
        } catch (RuntimeException ex) {
            log.debug("Circuit breaker '{}' could not be asked, so the attempt begins", this.name, ex);
            return UNGUARDED;
        }
        return permitted ? new Attempt(known, known.getMetrics()) : null;
    }

    private void endHangingTrials(CircuitBreaker known) {
        Long since = this.tryingSince;
        if (since != null && known.getState() == State.HALF_OPEN && this.ticker.nanoTime() - since >= LONGEST_TRIAL) {
            known.transitionToOpenState();
        }
    }

    /**
     * An attempt, and the state in which it began, which its metrics stand for: what ends in a later state says nothing to that.
     * A call that began before a breaker opened would otherwise decide on its trials, or give them permits that nobody took.
     */
    private final class Attempt implements Permit {

        private final CircuitBreaker asked;
        private final Metrics began;

        Attempt(CircuitBreaker asked, Metrics began) {
            this.asked = asked;
            this.began = began;
        }

        @Override
        public void succeeded(long nanos) {
            tell(() -> this.asked.onSuccess(nanos, TimeUnit.NANOSECONDS));
        }

        @Override
        public void failed(long nanos, Throwable failure) {
            String text = failure.toString();
            Resilience4jBreaker.this.lastFailure =
                    (text.length() > MOST_TEXT) ? text.substring(0, MOST_TEXT) + "..." : text;
            tell(() -> this.asked.onError(nanos, TimeUnit.NANOSECONDS, failure));
        }

        @Override
        public void ignored() {
            tell(this.asked::releasePermission);
        }

        /** What the application has configured may throw, and the response of the attempt is not to be lost for it. */
        private void tell(Runnable ending) {
            try {
                if (this.asked.getMetrics() == this.began) {
                    ending.run();
                }
            } catch (RuntimeException ex) {
                log.debug("Circuit breaker '{}' could not be told", Resilience4jBreaker.this.name, ex);
            }
        }
    }

    @Override
    public boolean isOpen() {
        CircuitBreaker known = this.breaker;
        State state = (known != null) ? known.getState() : State.CLOSED;
        return state == State.OPEN || state == State.FORCED_OPEN;
    }

    /** {@return whether it lets everything through, or has not been used} */
    boolean isClosed() {
        CircuitBreaker known = this.breaker;
        return known == null || known.getState() == State.CLOSED;
    }

    /** Takes it out of the registry, unless the application has put it there. */
    void remove() {
        this.isRemoved = true;
        if (this.isOurs) {
            this.registry.remove(this.name);
        }
    }

    @Override
    public OpenCircuit refusal() {
        CircuitBreaker known = breaker();
        OpenCircuit.Kind kind = switch (known.getState()) {
            case FORCED_OPEN -> OpenCircuit.Kind.FORCED;
            case OPEN -> OpenCircuit.Kind.OPEN;
            // It may have gone on since it refused.
            case HALF_OPEN, CLOSED, DISABLED, METRICS_ONLY -> OpenCircuit.Kind.TRYING;
        };
        Long tries = this.triesAt;
        long left = (tries != null) ? tries - this.ticker.nanoTime() : 0;
        Counts counts = this.opened;
        return new OpenCircuit(
                this.name,
                kind,
                (counts != null) ? counts.failed : 0,
                (counts != null) ? counts.slow : 0,
                (counts != null) ? counts.all : 0,
                // Somebody may have opened it for a time of their own.
                (left > 0 && kind == OpenCircuit.Kind.OPEN) ? Duration.ofNanos(left) : null,
                this.lastFailure,
                CallNotPermittedException.createCallNotPermittedException(known));
    }
}

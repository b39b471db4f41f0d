// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.CircuitBreaker;
import io.evenkeel.autoconfigure.properties.KnownKeys;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.policy.breaker.BreakerSettings.WindowType;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the keys under {@code evenkeel.circuit-breaker} may be. */
final class BreakerCheck {

    private static final String LIBRARY = "io.github.resilience4j:resilience4j-circuitbreaker";

    private static final String SECTION = "circuit-breaker.";
    private static final String ENABLED = "circuit-breaker.enabled";
    private static final String FAILURE_RATE = "circuit-breaker.failure-rate-threshold";
    private static final String WINDOW_TYPE = "circuit-breaker.sliding-window-type";
    private static final String WINDOW_SIZE = "circuit-breaker.sliding-window-size";
    private static final String MINIMUM = "circuit-breaker.minimum-number-of-calls";
    private static final String PERMITTED = "circuit-breaker.permitted-number-of-calls-in-half-open-state";
    private static final String WAIT = "circuit-breaker.wait-duration-in-open-state";
    private static final String SLOW_DURATION = "circuit-breaker.slow-call-duration-threshold";
    private static final String SLOW_RATE = "circuit-breaker.slow-call-rate-threshold";

    private static final double ALL = 100;
    private static final int MOST_CALLS = 10_000;
    private static final int LONGEST_WINDOW_IN_SECONDS = 3600;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);
    private static final Duration LONGEST_CALL = Duration.ofHours(1);

    private final CircuitBreaker breaker;
    private final ClientKeys keys;
    private final Refusals refusals;

    BreakerCheck(CircuitBreaker breaker, ClientKeys keys, Refusals refusals) {
        this.breaker = breaker;
        this.keys = keys;
        this.refusals = refusals;
    }

    /** Refuses breakers that are written. Those that are on with retries are left out then, and the log says so. */
    void checkLibrary(boolean present) {
        if (Boolean.TRUE.equals(this.breaker.enabled()) && !present) {
            this.refusals.check(() -> {
                throw setting(ENABLED, true)
                        .refuse(
                                "the library that circuit breakers are made with is not there",
                                "Add the dependency '%s', or remove the key.".formatted(LIBRARY));
            });
        }
    }

    void check() {
        this.refusals.check(
                () -> checkRate(FAILURE_RATE, this.breaker.failureRateThreshold(), "50"),
                this::checkWindow,
                () -> checkCalls(
                        MINIMUM, this.breaker.minimumNumberOfCalls(), "no rate means anything without an attempt"),
                () -> checkCalls(
                        PERMITTED,
                        this.breaker.permittedNumberOfCallsInHalfOpenState(),
                        "a breaker that is open could never close again"),
                this::checkWait,
                this::checkSlowDuration,
                () -> checkRate(SLOW_RATE, this.breaker.slowCallRateThreshold(), "100"));
        if (isOfCalls() && this.keys.isOwn(MINIMUM)) {
            checkTogether(this::checkMinimumWithinWindow, MINIMUM, WINDOW_SIZE, WINDOW_TYPE);
        }
    }

    /**
     * Refuses what is written without effect for all of these clients, as breakers are on where retries are, or what it needs
     * is not written. Who has switched something off has decided, and may keep the rest for the day on which it is switched on
     * again.
     */
    void checkEffect(List<ClientKeys> concerned) {
        if (concerned.stream().noneMatch(client -> client.isSet(ENABLED) || RetryCheck.isDecided(client))) {
            KnownKeys.of("clients").stream()
                    .filter(key -> key.startsWith(SECTION))
                    .forEach(key -> refuseIfOwn(
                            key,
                            "there is no circuit breaker, as no request is sent again either",
                            "Write '%s: true', too, or remove it.".formatted(this.keys.own(ENABLED))));
        }
        if (concerned.stream().noneMatch(client -> client.isSet(SLOW_DURATION))) {
            refuseIfOwn(
                    SLOW_RATE,
                    "no attempt is slow",
                    "Write '%s', too, such as 2s, or remove it.".formatted(this.keys.own(SLOW_DURATION)));
        }
    }

    private void refuseIfOwn(String key, String cause, String remedy) {
        this.refusals.check(() -> this.keys.ownValue(key).ifPresent(value -> {
            throw new Setting<>(this.keys.own(key), value).refuse("it is without effect, because " + cause, remedy);
        }));
    }

    private void checkRate(String key, double value, String example) {
        String remedy = "Write percent, above 0 and at most 100, such as %s.".formatted(example);
        setting(key, value)
                .refuseIf(Double.isNaN(value), "it is no number", remedy)
                // Resilience4j has a float.
                .refuseIf((float) value <= 0, "a breaker would open without a cause", remedy)
                .atMost(ALL, "there are no more than all attempts", remedy);
    }

    private void checkWindow() {
        int size = this.breaker.slidingWindowSize();
        setting(WINDOW_SIZE, size).atLeast(1, "nothing would be counted", "Write at least 1, such as 20.");
        if (isOfCalls()) {
            checkCalls(WINDOW_SIZE, size, "nothing would be counted");
        } else {
            setting(WINDOW_SIZE, size)
                    .atMost(
                            LONGEST_WINDOW_IN_SECONDS,
                            "what happened more seconds ago says nothing of how a server is now");
        }
    }

    private void checkCalls(String key, int value, String reasonOfNone) {
        setting(key, value)
                .atLeast(1, reasonOfNone, "Write at least 1, such as 20.")
                .atMost(MOST_CALLS, "so many attempts say nothing of how a server is now");
    }

    private void checkMinimumWithinWindow() {
        int size = this.breaker.slidingWindowSize();
        int minimum = this.breaker.minimumNumberOfCalls();
        String raised = this.keys.isSet(WINDOW_SIZE) ? this.keys.inForce(WINDOW_SIZE) : this.keys.own(WINDOW_SIZE);
        setting(MINIMUM, minimum)
                .atMost(
                        size,
                        "'%s' (%d) has no room for so many".formatted(this.keys.inForce(WINDOW_SIZE), size),
                        "Lower it to at most %d, or raise '%s' to at least %d.".formatted(size, raised, minimum));
    }

    private void checkWait() {
        String remedy = "Write at least 1ms, such as 5s.";
        setting(WAIT, this.breaker.waitDurationInOpenState())
                .atLeast(Duration.ZERO, "a duration cannot be negative", remedy)
                .atLeast(SHORTEST, "a breaker that is open would turn nothing away", remedy)
                .atMost(LONGEST_WAIT, "a server that is back would get nothing for so long");
    }

    private void checkSlowDuration() {
        Duration value = this.breaker.slowCallDurationThreshold();
        String remedy = "Write at least 1ms, such as 2s, or 0 if none is slow.";
        setting(SLOW_DURATION, value)
                .atLeast(Duration.ZERO, "a duration cannot be negative", remedy)
                .refuseIf(!value.isZero() && value.compareTo(SHORTEST) < 0, "every attempt would be slow", remedy)
                .atMost(LONGEST_CALL, "no attempt takes that long", "Write at most 1h, or 0 if none is slow.");
    }

    private boolean isOfCalls() {
        return this.breaker.slidingWindowType() == WindowType.COUNT_BASED;
    }

    private void checkTogether(Runnable check, String... involved) {
        this.refusals.checkTogether(Stream.of(involved).map(this.keys::inForce).toList(), check);
    }

    private <T extends Comparable<T>> Setting<T> setting(String key, T value) {
        return new Setting<>(this.keys.inForce(key), value);
    }
}

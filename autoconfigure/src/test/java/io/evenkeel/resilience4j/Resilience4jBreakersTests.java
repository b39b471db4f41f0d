// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.breaker.Breaker;
import io.evenkeel.policy.breaker.BreakerSettings;
import io.evenkeel.policy.breaker.BreakerSettings.WindowType;
import io.evenkeel.policy.breaker.Breakers;
import io.evenkeel.policy.breaker.OpenCircuit;
import io.evenkeel.testing.VirtualTime;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Which breaker a route has, and how it is configured. */
class Resilience4jBreakersTests {

    private static final BreakerSettings SETTINGS = new BreakerSettings(
            true, true, 30, WindowType.TIME_BASED, 12, 7, 2, Duration.ofSeconds(10), Duration.ofSeconds(3), 80);

    private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
    private final VirtualTime time = new VirtualTime();

    private Breakers breakers(CircuitBreakerRegistry registry, String client, BreakerSettings settings) {
        return new Resilience4jBreakers(registry, 3, this.time).of(client, settings);
    }

    private static BreakerSettings forAllRoutes() {
        BreakerSettings d = BreakerSettings.DEFAULTS;
        return new BreakerSettings(
                true,
                false,
                d.failureRateThreshold(),
                d.slidingWindowType(),
                d.slidingWindowSize(),
                d.minimumNumberOfCalls(),
                d.permittedNumberOfCallsInHalfOpenState(),
                d.waitDurationInOpenState(),
                d.slowCallDurationThreshold(),
                d.slowCallRateThreshold());
    }

    private static void use(Breaker breaker) {
        assertThat(breaker.tryAcquire()).isTrue();
        breaker.succeeded(1);
    }

    private static void open(Breaker breaker, int failures) {
        for (int i = 0; i < failures; i++) {
            breaker.tryAcquire();
            breaker.failed(1, new IOException("down"));
        }
        assertThat(breaker.isOpen()).isTrue();
    }

    private List<String> names() {
        return this.registry.getAllCircuitBreakers().stream()
                .map(CircuitBreaker::getName)
                .sorted()
                .toList();
    }

    @Test
    void everySettingArrives() {
        use(breakers(this.registry, "payments", SETTINGS).of("host:80"));

        CircuitBreakerConfig config =
                this.registry.find("payments@host:80").orElseThrow().getCircuitBreakerConfig();
        assertThat(config.getFailureRateThreshold()).isEqualTo(30);
        assertThat(config.getSlidingWindowType()).isEqualTo(SlidingWindowType.TIME_BASED);
        assertThat(config.getSlidingWindowSize()).isEqualTo(12);
        assertThat(config.getMinimumNumberOfCalls()).isEqualTo(7);
        assertThat(config.getPermittedNumberOfCallsInHalfOpenState()).isEqualTo(2);
        assertThat(config.getSlowCallDurationThreshold()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.getSlowCallRateThreshold()).isEqualTo(80);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            waits.add(config.getWaitIntervalFunctionInOpenState().apply(1));
        }
        assertThat(waits).allMatch(wait -> wait >= 8_000 && wait <= 12_000);
        assertThat(waits.stream().distinct().count()).isGreaterThan(50);
    }

    @Test
    void theClientWithoutANameHasOurDefaultsAndNotThoseOfTheLibrary() {
        use(breakers(this.registry, "default", BreakerSettings.DEFAULTS).of("host:80"));

        CircuitBreakerConfig config =
                this.registry.find("default@host:80").orElseThrow().getCircuitBreakerConfig();
        assertThat(config.getMinimumNumberOfCalls()).isEqualTo(20);
        assertThat(config.getSlidingWindowSize()).isEqualTo(20);
    }

    @Test
    void theApplicationsConfigurationOfTheNameOfTheClientWins() {
        CircuitBreakerRegistry theirs = CircuitBreakerRegistry.of(Map.of(
                "payments",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(5)
                        .minimumNumberOfCalls(5)
                        .build()));

        use(breakers(theirs, "payments", SETTINGS).of("host:80"));

        assertThat(theirs.find("payments@host:80").orElseThrow().getCircuitBreakerConfig())
                .extracting(CircuitBreakerConfig::getMinimumNumberOfCalls)
                .isEqualTo(5);
    }

    @Test
    void theApplicationsInstanceOfTheNameOfTheClientConfiguresItsRoutes() {
        this.registry.circuitBreaker(
                "payments",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(6)
                        .minimumNumberOfCalls(6)
                        .build());

        use(breakers(this.registry, "payments", SETTINGS).of("host:80"));

        assertThat(this.registry
                        .find("payments@host:80")
                        .orElseThrow()
                        .getCircuitBreakerConfig()
                        .getMinimumNumberOfCalls())
                .isEqualTo(6);
    }

    @Test
    void oneForAllRoutesIsTheApplicationsInstanceIfThereIsOne() {
        CircuitBreaker theirs = this.registry.circuitBreaker(
                "payments",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(2)
                        .minimumNumberOfCalls(2)
                        .waitDurationInOpenState(Duration.ofSeconds(40))
                        .build());
        Breakers breakers = breakers(this.registry, "payments", forAllRoutes());

        open(breakers.of("one:80"), 2);

        assertThat(breakers.of("other:80").tryAcquire()).isFalse();
        assertThat(theirs.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(breakers.of("other:80").refusal().untilTrial()).isEqualTo(Duration.ofSeconds(40));
        assertThat(names()).containsExactly("payments");
    }

    @Test
    void aRefusalSaysWhatOpenedItAndForHowLong() {
        Breaker breaker =
                breakers(this.registry, "payments", BreakerSettings.DEFAULTS).of("host:80");
        open(breaker, 20);
        this.time.advance(Duration.ofSeconds(3));

        OpenCircuit refusal = breaker.refusal();

        assertThat(refusal.kind()).isEqualTo(OpenCircuit.Kind.OPEN);
        assertThat(refusal.failed()).isEqualTo(20);
        assertThat(refusal.attempts()).isEqualTo(20);
        assertThat(refusal.untilTrial()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        assertThat(refusal.lastFailure()).isEqualTo("java.io.IOException: down");
    }

    @Test
    void oneThatWasOpenedByHandIsForced() {
        Breaker breaker =
                breakers(this.registry, "payments", BreakerSettings.DEFAULTS).of("host:80");
        use(breaker);
        this.registry.find("payments@host:80").orElseThrow().transitionToForcedOpenState();

        assertThat(breaker.tryAcquire()).isFalse();
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.refusal().kind()).isEqualTo(OpenCircuit.Kind.FORCED);
    }

    @Test
    void ofTooManyRoutesTheOneGoesThatWasNotUsedForLongest() {
        Breakers breakers = breakers(this.registry, "payments", BreakerSettings.DEFAULTS);
        use(breakers.of("a:1"));
        use(breakers.of("b:1"));
        use(breakers.of("c:1"));
        use(breakers.of("a:1"));

        use(breakers.of("d:1"));

        assertThat(names()).containsExactly("payments@a:1", "payments@c:1", "payments@d:1");
    }

    @Test
    void anOpenOneStaysLongerThanThoseThatAreClosed() {
        Breakers breakers = breakers(this.registry, "payments", BreakerSettings.DEFAULTS);
        open(breakers.of("bad:1"), 20);
        use(breakers.of("b:1"));
        use(breakers.of("c:1"));

        use(breakers.of("d:1"));
        use(breakers.of("e:1"));

        assertThat(names()).containsExactly("payments@bad:1", "payments@d:1", "payments@e:1");
        assertThat(breakers.of("bad:1").isOpen()).isTrue();
    }

    @Test
    void whatTheApplicationHasMadeIsNeverTakenAway() {
        this.registry.circuitBreaker("payments@a:1");
        Breakers breakers = breakers(this.registry, "payments", BreakerSettings.DEFAULTS);
        for (String host : List.of("a:1", "b:1", "c:1", "d:1")) {
            use(breakers.of(host));
        }

        assertThat(names()).contains("payments@a:1").hasSize(4);
    }

    @Test
    void threadsThatComeTogetherShareOne() throws Exception {
        int threads = 8;
        for (int round = 0; round < 50; round++) {
            Breakers breakers = breakers(this.registry, "round" + round, BreakerSettings.DEFAULTS);
            CountDownLatch go = new CountDownLatch(1);
            ExecutorService executor = Executors.newFixedThreadPool(threads);
            try {
                List<Future<Breaker>> found = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    found.add(executor.submit((Callable<Breaker>) () -> {
                        go.await();
                        Breaker breaker = breakers.of("host:1");
                        breaker.tryAcquire();
                        breaker.failed(1, new IOException());
                        return breaker;
                    }));
                }
                go.countDown();
                Breaker first = found.get(0).get();
                for (Future<Breaker> each : found) {
                    assertThat(each.get()).isSameAs(first);
                }
            } finally {
                executor.shutdown();
            }
            assertThat(this.registry
                            .find("round" + round + "@host:1")
                            .orElseThrow()
                            .getMetrics()
                            .getNumberOfFailedCalls())
                    .isEqualTo(threads);
        }
    }
}

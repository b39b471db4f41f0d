// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import static io.evenkeel.metrics.MeteredPools.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.BoundSource;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RetryDenial;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.event.TimeBound;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class ConnectionMetersTests {

    private static final String ROUTE = "https://api.example.com";

    private final MeteredPools pools = new MeteredPools();

    private final ConnectionMeters meters = new ConnectionMeters(this.pools, true, 50, this.pools);

    private final SimpleMeterRegistry registry = simpleRegistry();

    @Test
    void aWaitIsTimedByItsResult() {
        this.meters.bindTo(this.registry);

        this.meters.acquired("payments", ROUTE, AcquireResult.REUSED, Duration.ofMillis(3));
        this.meters.acquired("payments", ROUTE, AcquireResult.REUSED, Duration.ofMillis(5));
        this.meters.acquired("payments", ROUTE, AcquireResult.TIMEOUT, Duration.ofSeconds(10));

        Timer reused = timer("evenkeel.connections.acquire", "result", "reused");
        assertThat(reused.count()).isEqualTo(2);
        assertThat(reused.max(TimeUnit.MILLISECONDS)).isEqualTo(5);
        assertThat(timer("evenkeel.connections.acquire", "result", "timeout").totalTime(TimeUnit.SECONDS))
                .isEqualTo(10);
    }

    @Test
    void creationHandshakeAndLifetimeAreTimed() {
        this.meters.bindTo(this.registry);

        this.meters.created("payments", ROUTE, CreationResult.DNS, Duration.ofMillis(7));
        this.meters.handshaken("payments", ROUTE, HandshakeResult.RESUMED, Duration.ofMillis(11));
        this.meters.closed("payments", ROUTE, CloseReason.MAX_LIFETIME, Duration.ofMinutes(5));

        assertThat(timer("evenkeel.connections.creation", "result", "dns").count())
                .isOne();
        assertThat(timer("evenkeel.tls.handshake", "result", "resumed").count()).isOne();
        assertThat(timer("evenkeel.connections.lifetime", "reason", "max_lifetime")
                        .max(TimeUnit.MINUTES))
                .isEqualTo(5);
    }

    @Test
    void attemptsAreTimedByKindAndOutcomeAndNotByRoute() {
        this.meters.bindTo(this.registry);

        this.meters.attempted("payments", ROUTE, AttemptKind.FIRST, AttemptOutcome.CLIENT_ERROR, Duration.ofMillis(3));
        this.meters.attempted("payments", "b", AttemptKind.FIRST, AttemptOutcome.CLIENT_ERROR, Duration.ofMillis(7));
        this.meters.attempted("orders", ROUTE, AttemptKind.REPLAY, AttemptOutcome.IO_ERROR, Duration.ofMillis(9));

        Timer first = attempts("payments", "first", "CLIENT_ERROR");
        assertThat(first.count()).isEqualTo(2);
        assertThat(first.max(TimeUnit.MILLISECONDS)).isEqualTo(7);
        assertThat(attempts("orders", "replay", "IO_ERROR").count()).isOne();
    }

    @Test
    void failuresAreCountedByReasonAndThoseThatWereAvoidedToo() {
        this.meters.bindTo(this.registry);

        this.meters.failed("payments", ROUTE, FailureReason.READ_TIMEOUT);
        this.meters.failed("payments", "b", FailureReason.READ_TIMEOUT);
        this.meters.avoided("payments", ROUTE, FailureAvoided.REPLAYED);

        assertThat(counted("evenkeel.failures", "reason", "read_timeout")).isEqualTo(2);
        assertThat(counted("evenkeel.failures.avoided", "how", "replayed")).isOne();
    }

    private Timer attempts(String client, String kind, String outcome) {
        return this.registry
                .get("evenkeel.attempts")
                .tags("client", client, "kind", kind, "outcome", outcome)
                .timer();
    }

    private double counted(String name, String key, String value) {
        return this.registry
                .get(name)
                .tags("client", "payments", key, value)
                .counter()
                .count();
    }

    @Test
    void aRouteThatIsOnlyKnownHasNothingButGauges() {
        this.pools.are(pool("payments", new RouteSnapshot(ROUTE, 1, 0, 0)));

        this.meters.bindTo(this.registry);

        assertThat(this.registry.getMeters()).isNotEmpty().allMatch(Gauge.class::isInstance);
    }

    @ParameterizedTest
    @MethodSource("events")
    void anEventMakesTheOneMeterThatCountsIt(String name, Consumer<ConnectionMeters> event) {
        this.meters.bindTo(this.registry);

        event.accept(this.meters);
        event.accept(this.meters);

        assertThat(this.registry.getMeters())
                .filteredOn(meter -> !(meter instanceof Gauge))
                .singleElement()
                .satisfies(meter -> {
                    assertThat(meter.getId().getName()).isEqualTo(name);
                    assertThat(meter.measure().iterator().next().getValue()).isEqualTo(2);
                });
    }

    static Stream<Arguments> events() {
        return Stream.of(
                event(
                        "evenkeel.connections.acquire",
                        meters -> meters.acquired("payments", ROUTE, AcquireResult.OPENED, Duration.ZERO)),
                event(
                        "evenkeel.connections.creation",
                        meters -> meters.created("payments", ROUTE, CreationResult.SUCCESS, Duration.ZERO)),
                event(
                        "evenkeel.tls.handshake",
                        meters -> meters.handshaken("payments", ROUTE, HandshakeResult.FULL, Duration.ZERO)),
                event(
                        "evenkeel.connections.lifetime",
                        meters -> meters.closed("payments", ROUTE, CloseReason.IDLE, Duration.ZERO)),
                event(
                        "evenkeel.attempts",
                        meters -> meters.attempted(
                                "payments", ROUTE, AttemptKind.REPLAY, AttemptOutcome.SUCCESS, Duration.ZERO)),
                event("evenkeel.failures", meters -> meters.failed("payments", ROUTE, FailureReason.DNS)),
                event(
                        "evenkeel.failures.avoided",
                        meters -> meters.avoided("payments", ROUTE, FailureAvoided.REPLAYED)));
    }

    private static Arguments event(String name, Consumer<ConnectionMeters> event) {
        return Arguments.of(name, event);
    }

    @Test
    void eventsBeforeBindingAreDroppedButWhatTheyChangedIsShown() {
        this.meters.acquired("payments", ROUTE, AcquireResult.OPENED, Duration.ZERO);
        this.meters.idleTimeoutChanged("payments", ROUTE, Duration.ofSeconds(5));

        this.meters.bindTo(this.registry);

        assertThat(this.registry.find("evenkeel.connections.acquire").meters()).isEmpty();
        assertThat(this.registry
                        .get("evenkeel.connections.pending")
                        .tag("route", ROUTE)
                        .gauge())
                .isNotNull();
        assertThat(this.registry
                        .get("evenkeel.connections.idle.timeout")
                        .timeGauge()
                        .value(TimeUnit.SECONDS))
                .isEqualTo(5);
        this.meters.acquired("payments", ROUTE, AcquireResult.REUSED, Duration.ZERO);
        assertThat(timer("evenkeel.connections.acquire", "result", "reused").count())
                .isOne();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aRegistryIsNotToldTwiceOfTheIdleTimeout(CapturedOutput output) {
        // It warns of the first time only, whichever test that is.
        Logger log = (Logger) LoggerFactory.getLogger(MeterRegistry.class);
        log.setLevel(Level.DEBUG);
        try {
            this.meters.bindTo(this.registry);

            this.meters.idleTimeoutChanged("payments", ROUTE, Duration.ofSeconds(60));
            this.meters.idleTimeoutChanged("payments", ROUTE, Duration.ofSeconds(4));
        } finally {
            log.setLevel(null);
        }

        assertThat(output).doesNotContain("already registered");
    }

    @Test
    void theIdleTimeoutFollowsItsChanges() {
        this.meters.bindTo(this.registry);

        this.meters.idleTimeoutChanged("payments", ROUTE, Duration.ofSeconds(60));
        this.meters.idleTimeoutChanged("payments", ROUTE, Duration.ofMillis(4500));

        assertThat(this.registry
                        .get("evenkeel.connections.idle.timeout")
                        .timeGauge()
                        .value(TimeUnit.SECONDS))
                .isEqualTo(4.5);
    }

    @Test
    void theRetryBudgetFollowsItsChanges() {
        this.meters.bindTo(this.registry);

        double[] share = {0.9};
        this.meters.retryBudgetUsed("payments", ROUTE, () -> share[0]);
        share[0] = 0.25;

        assertThat(this.registry
                        .get("evenkeel.retry.budget")
                        .tags("client", "payments", "route", ROUTE)
                        .gauge()
                        .value())
                .isEqualTo(0.25);
    }

    @Test
    void everyBoundRegistryCountsAndASecondBindingOfOneDoesNotCountTwice() {
        SimpleMeterRegistry other = simpleRegistry();
        this.meters.bindTo(this.registry);
        this.meters.bindTo(this.registry);
        this.meters.acquired("payments", ROUTE, AcquireResult.REUSED, Duration.ZERO);
        this.meters.bindTo(other);
        this.meters.acquired("payments", ROUTE, AcquireResult.REUSED, Duration.ZERO);

        assertThat(timer(this.registry, "evenkeel.connections.acquire", "result", "reused")
                        .count())
                .isEqualTo(2);
        assertThat(timer(other, "evenkeel.connections.acquire", "result", "reused")
                        .count())
                .isOne();
    }

    @Test
    void aRegistryThatRefusesAMeterIsNotAskedAgainAndLeavesTheOthersTheirs() {
        SimpleMeterRegistry refusing = simpleRegistry();
        refusing.config().meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                if (id.getName().equals("evenkeel.connections.acquire")) {
                    throw new IllegalStateException("refused");
                }
                return id;
            }
        });
        this.meters.bindTo(this.registry);
        this.meters.bindTo(refusing);

        assertThatIllegalStateException()
                .isThrownBy(() -> this.meters.acquired("payments", ROUTE, AcquireResult.REUSED, Duration.ZERO))
                .withMessage("refused");
        this.meters.acquired("payments", ROUTE, AcquireResult.REUSED, Duration.ZERO);

        assertThat(timer(this.registry, "evenkeel.connections.acquire", "result", "reused")
                        .count())
                .isOne();
    }

    @Test
    void aCompositeRegistryIsServedAndLeftEmptyInAllItsParts() {
        SimpleMeterRegistry other = simpleRegistry();
        CompositeMeterRegistry composite = new CompositeMeterRegistry();
        composite.add(this.registry).add(other);
        this.meters.bindTo(composite);
        fireEverything(this.meters, "payments", ROUTE);

        assertThat(timer(other, "evenkeel.connections.creation", "result", "proxy")
                        .count())
                .isOne();
        assertThat(timer(this.registry, "evenkeel.connections.creation", "result", "proxy")
                        .count())
                .isOne();

        this.meters.close();

        assertThat(composite.getMeters()).isEmpty();
        assertThat(this.registry.getMeters()).isEmpty();
        assertThat(other.getMeters()).isEmpty();
    }

    @Test
    void closingRemovesOurMetersOnlyAndEndsListening() {
        this.registry.counter("theirs").increment();
        this.meters.bindTo(this.registry);
        this.pools.are(pool("payments"));
        fireEverything(this.meters, "payments", ROUTE);

        this.meters.close();
        fireEverything(this.meters, "payments", "https://late.example.com");
        this.meters.bindTo(simpleRegistry());
        this.meters.close();

        assertThat(this.registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactly("theirs");
    }

    @Test
    void aRegistryThatIsClosedDoesNotDisturb() {
        this.meters.bindTo(this.registry);
        this.registry.close();

        fireEverything(this.meters, "payments", ROUTE);
        this.meters.close();

        assertThat(this.registry.getMeters()).isEmpty();
    }

    @Test
    void aRegistryMayDenyMetersAndAddTags() {
        this.registry
                .config()
                .commonTags("application", "shop")
                .meterFilter(MeterFilter.denyNameStartsWith("evenkeel.connections"));
        this.meters.bindTo(this.registry);
        fireEverything(this.meters, "payments", ROUTE);

        assertThat(this.registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsOnly(
                        "evenkeel.tls.handshake",
                        "evenkeel.pools",
                        "evenkeel.attempts",
                        "evenkeel.failures",
                        "evenkeel.failures.avoided",
                        "evenkeel.deadline.left",
                        "evenkeel.timeouts",
                        "evenkeel.retry.denied",
                        "evenkeel.retry.budget");

        this.meters.close();

        assertThat(this.registry.getMeters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://[2001:db8::1]",
                "https://[fe80::1%25eth0]:8443",
                "http://xn--bcher-kva.example",
                "http://localhost:8080",
                "https://10.0.0.1:8443"
            })
    void aRouteIsTaggedAsItIsGiven(String route) {
        this.meters.bindTo(this.registry);

        fireEverything(this.meters, "default", route);

        assertThat(this.registry.getMeters())
                .filteredOn(meter -> meter.getId().getTag("route") != null)
                .allMatch(meter -> route.equals(meter.getId().getTag("route")))
                .hasSizeGreaterThan(20);
    }

    @Test
    void anEventIsCountedAlsoIfThePoolsCannotBeAsked() {
        ConnectionMeters broken = new ConnectionMeters(new MeteredPoolsThatBreak(), true, 50, this.pools);
        broken.bindTo(this.registry);
        this.pools.advance(Duration.ofMinutes(2));

        assertThatIllegalStateException()
                .isThrownBy(() -> broken.acquired("payments", ROUTE, AcquireResult.REUSED, Duration.ZERO));

        assertThat(timer("evenkeel.connections.acquire", "result", "reused").count())
                .isOne();
    }

    @Test
    void aNegativeLimitOfRoutesIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConnectionMeters(List::of, true, -1, this.pools))
                .withMessageContaining("-1");
    }

    static void fireEverything(ConnectionMeters meters, String client, String route) {
        for (AcquireResult result : AcquireResult.values()) {
            meters.acquired(client, route, result, Duration.ofMillis(1));
        }
        for (CreationResult result : CreationResult.values()) {
            meters.created(client, route, result, Duration.ofMillis(1));
        }
        for (HandshakeResult result : HandshakeResult.values()) {
            meters.handshaken(client, route, result, Duration.ofMillis(1));
        }
        for (CloseReason reason : CloseReason.values()) {
            meters.closed(client, route, reason, Duration.ofMillis(1));
        }
        meters.idleTimeoutChanged(client, route, Duration.ofSeconds(4));
        for (AttemptKind kind : AttemptKind.values()) {
            for (AttemptOutcome outcome : AttemptOutcome.values()) {
                meters.attempted(client, route, kind, outcome, Duration.ofMillis(1));
            }
        }
        for (FailureReason reason : FailureReason.values()) {
            meters.failed(client, route, reason);
        }
        for (BoundSource source : BoundSource.values()) {
            meters.bounded(client, route, source, Duration.ofSeconds(1));
        }
        for (TimeBound bound : TimeBound.values()) {
            for (CallPhase phase : CallPhase.values()) {
                meters.timedOut(client, route, bound, phase);
            }
        }
        for (FailureAvoided how : FailureAvoided.values()) {
            meters.avoided(client, route, how);
        }
        for (RetryDenial reason : RetryDenial.values()) {
            meters.retryDenied(client, route, reason);
        }
        meters.retryBudgetUsed(client, route, () -> 0.5);
    }

    static SimpleMeterRegistry simpleRegistry() {
        return new SimpleMeterRegistry(SimpleConfig.DEFAULT, new MockClock());
    }

    private Timer timer(String name, String key, String value) {
        return timer(this.registry, name, key, value);
    }

    private static Timer timer(MeterRegistry registry, String name, String key, String value) {
        return registry.get(name)
                .tags("client", "payments", "route", ROUTE, key, value)
                .timer();
    }

    /** Works once, for the binding. */
    private static final class MeteredPoolsThatBreak implements Supplier<List<PoolSnapshot>> {

        private boolean asked;

        @Override
        public List<PoolSnapshot> get() {
            if (this.asked) {
                throw new IllegalStateException("no pools");
            }
            this.asked = true;
            return List.of();
        }
    }
}

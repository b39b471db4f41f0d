// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.event.RetryDenial;
import io.evenkeel.policy.breaker.BreakerSettings;
import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.resilience4j.Resilience4jBreakers;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What retries with the budget of the defaults do for callers, and to a server that answers some or all of its requests with 503. */
class RetryLoadTests {

    private static final int CALLS = 5000;

    private static final int BURST = 10;

    /** The defaults, but for the pauses, which change neither. */
    private static final RetrySettings RETRY = new RetrySettings(
            true,
            2,
            RetrySettings.DEFAULTS.statuses(),
            Duration.ofNanos(1),
            Duration.ofNanos(1),
            Duration.ZERO,
            Duration.ZERO,
            RetrySettings.DEFAULTS.burst(),
            RetrySettings.DEFAULTS.ratio());

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final Random random = new Random(13);
    private final AtomicInteger failing = new AtomicInteger();
    private final ScriptedServer server = this.leaks.server(ScriptedServer.http()
            .byDefault(request -> fails() ? Answer.status(503) : Answer.ok("ok"))
            .start());
    private final TestClient client = TestClient.with(this.leaks, settings -> settings.retry(RETRY));

    private synchronized boolean fails() {
        return this.random.nextInt(100) < this.failing.get();
    }

    /** {@return the number of calls that were answered} */
    private int call(int times) throws Exception {
        int answered = 0;
        for (int i = 0; i < times; i++) {
            answered += (this.client.get(this.server.uri("/")).status() == 200) ? 1 : 0;
        }
        return answered;
    }

    private double load() {
        return this.server.requests().size() / (double) CALLS;
    }

    private int denied(RetryDenial reason) {
        return Collections.frequency(this.client.events.denied, reason);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "5, 0.999, 1.06", "10, 0.98, 1.11"})
    void aServerThatFailsSometimesIsAskedALittleMore(int percent, double answered, double load) throws Exception {
        this.failing.set(percent);

        assertThat(call(CALLS) / (double) CALLS).isGreaterThanOrEqualTo(answered);

        assertThat(load()).isLessThanOrEqualTo(load + BURST / (double) CALLS);
    }

    @Test
    void aServerThatFailsOftenIsAskedNoMoreThanItsSuccessesAllow() throws Exception {
        this.failing.set(50);

        int answered = call(CALLS);

        assertThat(load()).isLessThanOrEqualTo(1 + (answered * 0.1 + BURST) / CALLS);
        assertThat(denied(RetryDenial.BUDGET)).isGreaterThan(CALLS / 3);
    }

    @Test
    void aServerThatIsDownGetsTheBurstAndNoMore() throws Exception {
        this.failing.set(100);

        assertThat(call(CALLS)).isZero();

        assertThat(this.server.requests()).hasSize(CALLS + BURST);
        assertThat(denied(RetryDenial.BUDGET)).isEqualTo(CALLS - BURST / 2);
        assertThat(this.client.events.budgets).last().isEqualTo(0.0);
    }

    @Test
    void theBudgetIsThereAgainSoonAfterTheServerIs() throws Exception {
        this.failing.set(100);
        call(100);
        this.failing.set(0);

        call(BURST * 10);

        this.client.events.budgets.clear();
        this.failing.set(5);
        assertThat(call(1000)).isGreaterThan(998);
        assertThat(this.client.events.budgets).first().isEqualTo(0.9);
    }

    private TestClient guarded() {
        Resilience4jBreakers breakers =
                new Resilience4jBreakers(CircuitBreakerRegistry.ofDefaults(), 50, new VirtualTime());
        return TestClient.with(
                this.leaks,
                settings ->
                        settings.retry(RETRY).breakers(breakers.of("default", BreakerSettings.DEFAULTS.enabled(true))));
    }

    @Test
    void behindABreakerAServerThatIsDownGetsAWindowAndNoMore() throws Exception {
        this.failing.set(100);
        TestClient guarded = guarded();
        for (int i = 0; i < 100; i++) {
            catchThrowable(() -> guarded.get(this.server.uri("/")));
        }

        assertThat(this.server.requests()).hasSize(BreakerSettings.DEFAULTS.slidingWindowSize());
    }

    @ParameterizedTest
    @CsvSource({"5, 0.999, 1.06", "10, 0.98, 1.11"})
    void aBreakerStaysClosedWhileAServerFailsSometimes(int percent, double answered, double load) throws Exception {
        this.failing.set(percent);
        TestClient guarded = guarded();
        int ok = 0;
        for (int i = 0; i < CALLS; i++) {
            ok += (guarded.get(this.server.uri("/")).status() == 200) ? 1 : 0;
        }

        assertThat(ok / (double) CALLS).isGreaterThanOrEqualTo(answered);
        assertThat(load()).isLessThanOrEqualTo(load + BURST / (double) CALLS);
    }
}

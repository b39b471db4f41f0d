// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The meters of one client in one registry. Thread-safe. */
final class ClientMeters {

    private static final AttemptKind[] KINDS = AttemptKind.values();

    private static final AttemptOutcome[] OUTCOMES = AttemptOutcome.values();

    private static final FailureReason[] REASONS = FailureReason.values();

    private static final FailureAvoided[] AVOIDED = FailureAvoided.values();

    private final String client;

    private final OwnedMeters meters;

    private final OwnedMeters.OnDemand<Timer> attempts;

    private final OwnedMeters.OnDemand<Counter> failures;

    private final OwnedMeters.OnDemand<Counter> avoided;

    ClientMeters(String client, ClientSeries series, MeterRegistry registry, ReentrantLock lock) {
        this.client = client;
        this.meters = new OwnedMeters(registry, lock);
        gauge(series, "evenkeel.pools", "Connection pools of the client", ClientState::pools);
        gauge(
                series,
                "evenkeel.connections.idle.max",
                "Idle connections that are kept for each route",
                ClientState::maxIdlePerRoute);
        this.attempts = this.meters
        .new OnDemand<>(
                KINDS.length * OUTCOMES.length,
                index -> attempts(KINDS[index / OUTCOMES.length], OUTCOMES[index % OUTCOMES.length]));
        this.failures = this.meters
        .new OnDemand<>(
                REASONS.length,
                index -> counter(
                        "evenkeel.failures", "Calls that ended in an exception", "reason", REASONS[index].code()));
        this.avoided = this.meters
        .new OnDemand<>(
                AVOIDED.length,
                index -> counter(
                        "evenkeel.failures.avoided",
                        "Calls that were saved from failing",
                        "how",
                        lowerCase(AVOIDED[index])));
    }

    private void gauge(ClientSeries series, String name, String description, ToDoubleFunction<ClientState> value) {
        this.meters.register(registry -> Gauge.builder(name, series, s -> value.applyAsDouble(s.state()))
                .description(description)
                .tag("client", this.client)
                .register(registry));
    }

    private Function<MeterRegistry, Timer> attempts(AttemptKind kind, AttemptOutcome outcome) {
        return Timer.builder("evenkeel.attempts")
                .description("Requests that went to a wire, to their response head")
                // In capitals, as in the meter http.client.requests.
                .tags("client", this.client, "kind", lowerCase(kind), "outcome", outcome.name())::register;
    }

    private Function<MeterRegistry, Counter> counter(String name, String description, String key, String value) {
        return Counter.builder(name).description(description).tags("client", this.client, key, value)::register;
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    void attempted(AttemptKind kind, AttemptOutcome outcome, Duration took) {
        Timer timer = this.attempts.get(kind.ordinal() * OUTCOMES.length + outcome.ordinal());
        if (timer != null) {
            timer.record(took);
        }
    }

    void failed(FailureReason reason) {
        increment(this.failures, reason);
    }

    void avoided(FailureAvoided how) {
        increment(this.avoided, how);
    }

    private static void increment(OwnedMeters.OnDemand<Counter> counters, Enum<?> value) {
        Counter counter = counters.get(value.ordinal());
        if (counter != null) {
            counter.increment();
        }
    }

    void remove() {
        this.meters.remove();
    }
}

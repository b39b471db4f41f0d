// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one client in one registry. All of them exist from the beginning: there are few clients, and an alert
 * sees the step from 0. Recording only looks into an array.
 */
final class ClientMeters {

    private final String client;

    private final MeterRegistry registry;

    private final List<Meter> registered = new ArrayList<>();

    private final Timer[][] attempts;

    private final Counter[] failures;

    private final Counter[] avoided;

    ClientMeters(String client, ClientSeries series, MeterRegistry registry) {
        this.client = client;
        this.registry = registry;
        gauge(series, "evenkeel.pools", "Connection pools of the client", ClientState::pools);
        gauge(
                series,
                "evenkeel.connections.idle.max",
                "Idle connections that are kept for each route",
                ClientState::maxIdlePerRoute);
        this.attempts = Arrays.stream(AttemptKind.values())
                .map(kind -> Arrays.stream(AttemptOutcome.values())
                        .map(outcome -> attempts(kind, outcome))
                        .toArray(Timer[]::new))
                .toArray(Timer[][]::new);
        this.failures = Arrays.stream(FailureReason.values())
                .map(reason ->
                        counter("evenkeel.failures", "Calls that ended in an exception", "reason", reason.code()))
                .toArray(Counter[]::new);
        this.avoided = Arrays.stream(FailureAvoided.values())
                .map(how -> counter(
                        "evenkeel.failures.avoided", "Calls that were saved from failing", "how", lowerCase(how)))
                .toArray(Counter[]::new);
    }

    private void gauge(ClientSeries series, String name, String description, ToDoubleFunction<ClientState> value) {
        this.registered.add(Gauge.builder(name, series, s -> value.applyAsDouble(s.state()))
                .description(description)
                .tag("client", this.client)
                .register(this.registry));
    }

    private Timer attempts(AttemptKind kind, AttemptOutcome outcome) {
        Timer timer = Timer.builder("evenkeel.attempts")
                .description("Requests that went to a wire, to their response head")
                // In capitals, as in the meter http.client.requests.
                .tags("client", this.client, "kind", lowerCase(kind), "outcome", outcome.name())
                .register(this.registry);
        this.registered.add(timer);
        return timer;
    }

    private Counter counter(String name, String description, String key, String value) {
        Counter counter = Counter.builder(name)
                .description(description)
                .tags("client", this.client, key, value)
                .register(this.registry);
        this.registered.add(counter);
        return counter;
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    void attempted(AttemptKind kind, AttemptOutcome outcome, Duration took) {
        this.attempts[kind.ordinal()][outcome.ordinal()].record(took);
    }

    void failed(FailureReason reason) {
        this.failures[reason.ordinal()].increment();
    }

    void avoided(FailureAvoided how) {
        this.avoided[how.ordinal()].increment();
    }

    void remove() {
        this.registered.forEach(this.registry::remove);
        this.registered.clear();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.BoundSource;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.RetryDenial;
import io.evenkeel.event.TimeBound;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;

/** What is counted by client only. Thread-safe. */
final class ClientMeters {

    private final String client;
    private final PoolStates states;
    private final OwnedMeters meters;
    private final Map<AttemptKind, OwnedMeters.OnDemand<AttemptOutcome, Timer>> attempts;
    private final OwnedMeters.OnDemand<FailureReason, Counter> failures;
    private final OwnedMeters.OnDemand<FailureAvoided, Counter> avoided;
    private final OwnedMeters.OnDemand<RetryDenial, Counter> denied;
    private final OwnedMeters.OnDemand<BoundSource, Timer> bounded;
    private final Map<TimeBound, OwnedMeters.OnDemand<CallPhase, Counter>> timeouts;

    ClientMeters(String client, PoolStates states, ReentrantLock lock) {
        this.client = client;
        this.states = states;
        this.meters = new OwnedMeters(lock);
        gauge("evenkeel.pools", "Connection pools of the client", ClientState::pools);
        gauge(
                "evenkeel.connections.idle.max",
                "Idle connections that are kept for each route",
                ClientState::maxIdlePerRoute);
        this.attempts = new EnumMap<>(AttemptKind.class);
        for (AttemptKind kind : AttemptKind.values()) {
            this.attempts.put(kind, attempts(kind));
        }
        this.failures =
                counters("evenkeel.failures", "Calls that ended in an exception", "reason", FailureReason.class);
        this.avoided = counters(
                "evenkeel.failures.avoided", "Calls that were saved from failing", "how", FailureAvoided.class);
        this.denied = counters(
                "evenkeel.retry.denied", "Requests that failed and were not sent again", "reason", RetryDenial.class);
        this.bounded = this.meters
        .new OnDemand<>(
                BoundSource.class,
                source -> Timer.builder("evenkeel.deadline.left")
                        .description("Time that was left when a call with a deadline began")
                        .tags("client", this.client, "source", OwnedMeters.tag(source))::register);
        this.timeouts = new EnumMap<>(TimeBound.class);
        for (TimeBound bound : TimeBound.values()) {
            this.timeouts.put(bound, timeouts(bound));
        }
    }

    private void gauge(String name, String description, ToDoubleFunction<ClientState> value) {
        this.meters.gauge(Gauge.builder(name, this, meters -> value.applyAsDouble(meters.state()))
                .description(description)
                .tag("client", this.client)::register);
    }

    private ClientState state() {
        return this.states.current(this.client);
    }

    private OwnedMeters.OnDemand<AttemptOutcome, Timer> attempts(AttemptKind kind) {
        Tags tags = Tags.of("client", this.client, "kind", OwnedMeters.tag(kind));
        // In capitals, as in the meter http.client.requests.
        return this.meters
        .new OnDemand<>(
                AttemptOutcome.class,
                outcome -> Timer.builder("evenkeel.attempts")
                        .description("Requests that went to a wire, to their response head")
                        .tags(tags.and("outcome", outcome.name()))::register);
    }

    private <E extends Enum<E>> OwnedMeters.OnDemand<E, Counter> counters(
            String name, String description, String key, Class<E> values) {
        return this.meters
        .new OnDemand<>(
                values,
                value -> Counter.builder(name)
                        .description(description)
                        .tags("client", this.client, key, OwnedMeters.tag(value))::register);
    }

    private OwnedMeters.OnDemand<CallPhase, Counter> timeouts(TimeBound bound) {
        Tags tags = Tags.of("client", this.client, "bound", OwnedMeters.tag(bound));
        return this.meters
        .new OnDemand<>(
                CallPhase.class,
                phase -> Counter.builder("evenkeel.timeouts")
                        .description("Calls that were ended by a limit of time")
                        .tags(tags.and("phase", OwnedMeters.tag(phase)))::register);
    }

    String client() {
        return this.client;
    }

    void attempted(AttemptKind kind, AttemptOutcome outcome, Duration took) {
        Objects.requireNonNull(this.attempts.get(kind)).of(outcome).forEach(timer -> timer.record(took));
    }

    void failed(FailureReason reason) {
        this.failures.of(reason).forEach(Counter::increment);
    }

    void bounded(BoundSource source, Duration left) {
        this.bounded.of(source).forEach(timer -> timer.record(left));
    }

    void timedOut(TimeBound bound, CallPhase phase) {
        Objects.requireNonNull(this.timeouts.get(bound)).of(phase).forEach(Counter::increment);
    }

    void avoided(FailureAvoided how) {
        this.avoided.of(how).forEach(Counter::increment);
    }

    void retryDenied(RetryDenial reason) {
        this.denied.of(reason).forEach(Counter::increment);
    }

    /** {@return all of them} */
    OwnedMeters meters() {
        return this.meters;
    }
}

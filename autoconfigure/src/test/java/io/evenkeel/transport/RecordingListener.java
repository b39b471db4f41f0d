// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.BoundSource;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.event.ReloadResult;
import io.evenkeel.event.RetryDenial;
import io.evenkeel.event.TimeBound;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/** Remembers what it heard, in order. */
public final class RecordingListener implements ConnectionListener {

    public final List<AcquireResult> acquired = new CopyOnWriteArrayList<>();
    final List<CreationResult> created = new CopyOnWriteArrayList<>();
    final List<HandshakeResult> handshakes = new CopyOnWriteArrayList<>();
    public final List<CloseReason> closed = new CopyOnWriteArrayList<>();
    public final List<Duration> idleTimeouts = new CopyOnWriteArrayList<>();
    public final List<String> routes = new CopyOnWriteArrayList<>();
    final List<String> attempts = new CopyOnWriteArrayList<>();
    final List<FailureReason> failures = new CopyOnWriteArrayList<>();
    final List<String> timeouts = new CopyOnWriteArrayList<>();
    final List<BoundSource> bounded = new CopyOnWriteArrayList<>();
    final List<String> reloads = new CopyOnWriteArrayList<>();
    final List<RetryDenial> denied = new CopyOnWriteArrayList<>();
    final List<Double> budgets = new CopyOnWriteArrayList<>();
    final List<FailureAvoided> avoided = new CopyOnWriteArrayList<>();

    @Override
    public void acquired(String client, String route, AcquireResult result, Duration waited) {
        this.acquired.add(result);
        this.routes.add(route);
    }

    @Override
    public void created(String client, String route, CreationResult result, Duration took) {
        this.created.add(result);
    }

    @Override
    public void handshaken(String client, String route, HandshakeResult result, Duration took) {
        this.handshakes.add(result);
    }

    @Override
    public void closed(String client, String route, CloseReason reason, Duration age) {
        this.closed.add(reason);
    }

    @Override
    public void idleTimeoutChanged(String client, String route, Duration idleTimeout) {
        this.idleTimeouts.add(idleTimeout);
    }

    @Override
    public void attempted(String client, String route, AttemptKind kind, AttemptOutcome outcome, Duration took) {
        this.attempts.add(kind + " " + outcome);
    }

    @Override
    public void failed(String client, String route, FailureReason reason) {
        this.failures.add(reason);
    }

    @Override
    public void bounded(String client, String route, BoundSource source, Duration left) {
        this.bounded.add(source);
    }

    @Override
    public void timedOut(String client, String route, TimeBound bound, CallPhase phase) {
        this.timeouts.add(bound + " " + phase);
    }

    @Override
    public void avoided(String client, String route, FailureAvoided how) {
        this.avoided.add(how);
    }

    @Override
    public void retryDenied(String client, String route, RetryDenial reason) {
        this.denied.add(reason);
    }

    @Override
    public void retryBudgetUsed(String client, String route, DoubleSupplier share) {
        this.budgets.add(share.getAsDouble());
    }

    @Override
    public void tlsReloaded(String bundle, ReloadResult result) {
        this.reloads.add(bundle + " " + result);
    }
}

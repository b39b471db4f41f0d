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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events on to listeners, which may become known later than it is made; nobody hears what happens until then. A
 * listener that throws disturbs neither the connection that the event is about nor the other listeners. Thread-safe.
 */
public final class ListenerRelay implements ConnectionListener {

    private static final Logger log = LoggerFactory.getLogger(ListenerRelay.class);

    private final Set<ConnectionListener> reported = ConcurrentHashMap.newKeySet();
    private volatile List<ConnectionListener> listeners = List.of();

    /** {@return a relay to the listener, which is the listener itself if it is one} */
    public static ListenerRelay to(ConnectionListener listener) {
        if (listener instanceof ListenerRelay relay) {
            return relay;
        }
        ListenerRelay relay = new ListenerRelay();
        relay.relayTo(List.of(listener));
        return relay;
    }

    /** Names the listeners, in place of those from before. */
    public void relayTo(List<ConnectionListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void acquired(String client, String route, AcquireResult result, Duration waited) {
        each(listener -> listener.acquired(client, route, result, waited));
    }

    @Override
    public void created(String client, String route, CreationResult result, Duration took) {
        each(listener -> listener.created(client, route, result, took));
    }

    @Override
    public void handshaken(String client, String route, HandshakeResult result, Duration took) {
        each(listener -> listener.handshaken(client, route, result, took));
    }

    @Override
    public void closed(String client, String route, CloseReason reason, Duration age) {
        each(listener -> listener.closed(client, route, reason, age));
    }

    @Override
    public void idleTimeoutChanged(String client, String route, Duration idleTimeout) {
        each(listener -> listener.idleTimeoutChanged(client, route, idleTimeout));
    }

    @Override
    public void attempted(String client, String route, AttemptKind kind, AttemptOutcome outcome, Duration took) {
        each(listener -> listener.attempted(client, route, kind, outcome, took));
    }

    @Override
    public void failed(String client, String route, FailureReason reason) {
        each(listener -> listener.failed(client, route, reason));
    }

    @Override
    public void bounded(String client, String route, BoundSource source, Duration left) {
        each(listener -> listener.bounded(client, route, source, left));
    }

    @Override
    public void timedOut(String client, String route, TimeBound bound, CallPhase phase) {
        each(listener -> listener.timedOut(client, route, bound, phase));
    }

    @Override
    public void avoided(String client, String route, FailureAvoided how) {
        each(listener -> listener.avoided(client, route, how));
    }

    @Override
    public void retryDenied(String client, String route, RetryDenial reason) {
        each(listener -> listener.retryDenied(client, route, reason));
    }

    @Override
    public void retryBudgetUsed(String client, String route, DoubleSupplier share) {
        each(listener -> listener.retryBudgetUsed(client, route, share));
    }

    @Override
    public void tlsReloaded(String bundle, ReloadResult result) {
        each(listener -> listener.tlsReloaded(bundle, result));
    }

    private void each(Consumer<ConnectionListener> event) {
        for (ConnectionListener listener : this.listeners) {
            try {
                event.accept(listener);
            } catch (Throwable ex) {
                // An Error, too: it would cost the connection that the event is about.
                report(listener, ex);
            }
        }
    }

    // Once for each listener: a broken one fails at every call.
    private void report(ConnectionListener listener, Throwable ex) {
        if (this.reported.add(listener)) {
            log.warn("A connection listener failed; later failures of it are logged at level debug: {}", listener, ex);
        } else {
            log.debug("A connection listener failed: {}", listener, ex);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.event.ReloadResult;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the exceptions of a listener away from the connections that it hears of. */
public final class GuardedListener implements ConnectionListener {

    private static final Logger log = LoggerFactory.getLogger(GuardedListener.class);

    private final ConnectionListener listener;

    public GuardedListener(ConnectionListener listener) {
        this.listener = listener;
    }

    @Override
    public void acquired(String client, String route, AcquireResult result, Duration waited) {
        tell(() -> this.listener.acquired(client, route, result, waited));
    }

    @Override
    public void created(String client, String route, CreationResult result, Duration took) {
        tell(() -> this.listener.created(client, route, result, took));
    }

    @Override
    public void handshaken(String client, String route, HandshakeResult result, Duration took) {
        tell(() -> this.listener.handshaken(client, route, result, took));
    }

    @Override
    public void closed(String client, String route, CloseReason reason, Duration age) {
        tell(() -> this.listener.closed(client, route, reason, age));
    }

    @Override
    public void idleTimeoutChanged(String client, String route, Duration idleTimeout) {
        tell(() -> this.listener.idleTimeoutChanged(client, route, idleTimeout));
    }

    @Override
    public void attempted(String client, String route, AttemptKind kind, AttemptOutcome outcome, Duration took) {
        tell(() -> this.listener.attempted(client, route, kind, outcome, took));
    }

    @Override
    public void failed(String client, String route, FailureReason reason) {
        tell(() -> this.listener.failed(client, route, reason));
    }

    @Override
    public void avoided(String client, String route, FailureAvoided how) {
        tell(() -> this.listener.avoided(client, route, how));
    }

    @Override
    public void tlsReloaded(String bundle, ReloadResult result) {
        tell(() -> this.listener.tlsReloaded(bundle, result));
    }

    private void tell(Runnable event) {
        try {
            event.run();
        } catch (Throwable ex) {
            // An Error, too: it would cost the connection that the event is about.
            log.warn("A listener of connection events failed; the connection is not affected", ex);
        }
    }
}

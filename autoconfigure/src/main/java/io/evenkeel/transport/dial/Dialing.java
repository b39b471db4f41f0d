// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.event.CreationResult;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.pool.ConnectionPool;
import io.evenkeel.transport.support.Origins;
import java.net.UnknownHostException;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The opening of one connection, from the name of the host to the end of the TLS handshake. Kept in the context of the
 * call, since a tunnel through a proxy is opened in two steps, and since the TLS strategy is told nothing else.
 */
public final class Dialing {

    private static final String ATTRIBUTE = Dialing.class.getName();

    private static final String FAILED = ATTRIBUTE + ".failed";

    private final ConnectionPool pool;
    private final String origin;
    private final boolean proxied;
    private final long start;
    private long handshakeBegan;
    private boolean handshakeFailed;
    private @Nullable ManagedHttpClientConnection connection;
    private @Nullable Timeout connectTimeout;

    private Dialing(ConnectionPool pool, HttpRoute route) {
        this.pool = pool;
        this.origin = Origins.of(route);
        this.proxied = route.getProxyHost() != null;
        this.start = pool.ticker().nanoTime();
    }

    public static Dialing begin(ConnectionPool pool, HttpRoute route, HttpContext context) {
        Dialing dialing = new Dialing(pool, route);
        context.setAttribute(ATTRIBUTE, dialing);
        return dialing;
    }

    public static @Nullable Dialing current(HttpContext context) {
        return (Dialing) context.getAttribute(ATTRIBUTE);
    }

    public static void forget(HttpContext context) {
        context.removeAttribute(ATTRIBUTE);
        context.removeAttribute(FAILED);
    }

    /** {@return the opening of a connection that has failed in this call, or null if none has} */
    public static @Nullable Failed failed(HttpContext context) {
        return (Failed) context.getAttribute(FAILED);
    }

    public String origin() {
        return this.origin;
    }

    /** @param timeout limit of what is left to do whenever there is something to wait for */
    void opens(ManagedHttpClientConnection connection, @Nullable Timeout timeout) {
        this.connection = connection;
        this.connectTimeout = timeout;
    }

    @Nullable
    Timeout connectTimeout() {
        return this.connectTimeout;
    }

    /** Closes what was opened for a call that had ended meanwhile. */
    public void abandon() {
        if (this.connection != null) {
            this.connection.close(CloseMode.IMMEDIATE);
        }
    }

    /** {@return whether the client was closed while it dialed} */
    public boolean closedWithClient() {
        return this.connection instanceof PooledConnection pooled
                && pooled.history().wasClosedWithClient();
    }

    public void succeeded(HttpContext context) {
        end(CreationResult.SUCCESS, context);
    }

    public void failed(Exception failure, HttpContext context) {
        failedAt(this.handshakeFailed ? FailedStep.HANDSHAKE : FailedStep.CONNECTING, false, context);
        end(phaseOf(failure), context);
    }

    /** The proxy refused the tunnel, or never made it. */
    public void refused(HttpContext context) {
        failedAt(FailedStep.CONNECTING, true, context);
        end(CreationResult.PROXY, context);
    }

    private void failedAt(FailedStep step, boolean inTunnel, HttpContext context) {
        context.setAttribute(FAILED, new Failed(step, inTunnel, since(this.start), closedWithClient()));
    }

    private CreationResult phaseOf(Exception failure) {
        if (this.handshakeFailed) {
            return CreationResult.TLS;
        }
        if (failure instanceof UnknownHostException) {
            return CreationResult.DNS;
        }
        return this.proxied ? CreationResult.PROXY : CreationResult.CONNECT;
    }

    private void end(CreationResult result, HttpContext context) {
        context.removeAttribute(ATTRIBUTE);
        this.pool.listener().created(this.pool.client(), this.origin, result, since(this.start));
    }

    void handshakeBegins() {
        this.handshakeBegan = this.pool.ticker().nanoTime();
    }

    void handshakeEnded(HandshakeResult result) {
        Duration took = since(this.handshakeBegan);
        this.handshakeFailed = result == HandshakeResult.FAILED;
        if (!this.handshakeFailed && this.connection instanceof PooledConnection pooled) {
            pooled.history().roundTrips().exchanged(took.toNanos());
        }
        this.pool.listener().handshaken(this.pool.client(), this.origin, result, took);
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(this.pool.ticker().nanoTime() - nanos);
    }

    /**
     * How far an opening got that failed.
     *
     * @param inTunnel whether there was a connection to the proxy, and no tunnel through it
     * @param elapsed what it had taken until then
     * @param closedWithClient whether it failed because the client was closed
     */
    public record Failed(FailedStep step, boolean inTunnel, Duration elapsed, boolean closedWithClient) {}
}

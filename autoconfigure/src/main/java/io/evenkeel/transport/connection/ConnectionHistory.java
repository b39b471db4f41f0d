// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.event.CloseReason;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.spec.TlsGeneration;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has been through: when it was opened and idle, what it tells of its server, and how it ends. Written
 * by the thread that holds the lease, or under the lock of the pool; the reason of its end by any thread, once.
 */
public final class ConnectionHistory {

    private final Ticker ticker;
    private final long lifetimeNanos;
    private final @Nullable TlsGeneration tls;

    private final IdleAge idleAge = new IdleAge();
    private final RoundTrips roundTrips = new RoundTrips();
    private long openedAt;
    private boolean kept;
    private boolean brokeBeforeResponse;
    private volatile boolean opened;
    private volatile @Nullable CloseReason closeReason;

    /**
     * @param lifetimeNanos age above which the connection is not used again
     * @param tls what a handshake would have been made with when it was made, before any began; {@code null} if that never
     *     changes
     */
    public ConnectionHistory(Ticker ticker, long lifetimeNanos, @Nullable TlsGeneration tls) {
        this.ticker = ticker;
        this.lifetimeNanos = lifetimeNanos;
        this.tls = tls;
    }

    /**
     * The connection got a socket. HttpClient's operator does that twice: before it connects, so that a cancellation can
     * close it, and after.
     */
    void bound(Socket socket) {
        long now = this.ticker.nanoTime();
        if (!socket.isConnected()) {
            this.roundTrips.dialed(now);
        } else if (!this.opened) {
            this.roundTrips.connected(now);
            this.openedAt = now;
            this.opened = true;
        }
    }

    public boolean isOpened() {
        return this.opened;
    }

    public long ageNanos(long now) {
        return now - this.openedAt;
    }

    public boolean isPastLifetime(long now) {
        return remainingLifetime(now) <= 0;
    }

    public long remainingLifetime(long now) {
        return this.lifetimeNanos - ageNanos(now);
    }

    /** {@return whether trust or identity were replaced since it was opened, or while it was} */
    public boolean isOutdated() {
        return this.tls != null && this.tls.isSuperseded();
    }

    /** It was idle in the pool, and is used again. */
    void reused() {
        this.kept = true;
    }

    /** {@return whether it has been idle in the pool, so that its peer may have closed it before it was used again} */
    public boolean wasKept() {
        return this.kept;
    }

    public IdleAge idleAge() {
        return this.idleAge;
    }

    /** {@return nanoseconds since its last response} */
    public long idleNanos() {
        return this.idleAge.most(this.ticker.nanoTime());
    }

    public RoundTrips roundTrips() {
        return this.roundTrips;
    }

    /** The peer closed the connection, which had been idle, before it read the request that was sent on it, or while. */
    public void brokeBeforeResponse() {
        this.brokeBeforeResponse = true;
    }

    public boolean hasBrokenBeforeResponse() {
        return this.brokeBeforeResponse;
    }

    /** {@return the same, once} */
    public boolean takeBrokenBeforeResponse() {
        boolean broken = this.brokeBeforeResponse;
        this.brokeBeforeResponse = false;
        return broken;
    }

    /** Says why the connection is going to be closed; the first to know is right. */
    public void closing(CloseReason reason) {
        if (this.closeReason == null) {
            this.closeReason = reason;
        }
    }

    public CloseReason closeReason() {
        CloseReason reason = this.closeReason;
        return (reason != null) ? reason : CloseReason.NOT_REUSABLE;
    }

    /** {@return whether it is the peer that ended it} Bytes that nobody asked for are a goodbye, too: 408 and the like. */
    public boolean wasClosedByPeer() {
        CloseReason reason = this.closeReason;
        return reason == CloseReason.EOF || reason == CloseReason.RESET || reason == CloseReason.UNSOLICITED;
    }

    /** {@return whether it was closed because the client is} */
    public boolean wasClosedWithClient() {
        return this.closeReason == CloseReason.SHUTDOWN;
    }
}

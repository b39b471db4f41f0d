// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.socket.GuardedSocket;
import io.evenkeel.transport.socket.Liveness;
import io.evenkeel.transport.support.Origins;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that can be looked at while it is idle, without a byte of a response being lost and without waiting.
 *
 * <p>Sockets without a channel (SOCKS, Unix domain, a user's own dialing) are looked at by a read of one millisecond when they are
 * to be used again, and are not watched.
 */
public final class PooledConnection extends Http1Connection {

    /** Bounds the goodbye to a peer; a connection that is given up must not hold anybody up. */
    private static final Timeout GOODBYE_TIMEOUT = Timeout.ofSeconds(1);

    private final ConnectionHistory history;
    private final IdleWatch idleWatch;

    // written by the thread that holds the lease, or under the lock of the pool
    private @Nullable Timeout dialedTimeout;
    private @Nullable Borrower borrower;
    private @Nullable String origin;
    private volatile boolean shut;
    private volatile @Nullable Runnable cancelDialing;

    /**
     * @param limits how large the heads of its responses may be
     * @param history that begins with it
     */
    public PooledConnection(
            String id, Http1Config config, ResponseLimits limits, Ticker ticker, ConnectionHistory history) {
        super(id, config, limits, ticker, history);
        this.history = history;
        this.idleWatch = new IdleWatch(this, this::channel, this::neverBlocks, probe()::look);
    }

    @Override
    public void bind(Socket socket) throws IOException {
        super.bind(socket);
        requireOpen(socket);
        this.history.bound(socket);
    }

    @Override
    public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
        super.bind(sslSocket, socket);
        requireOpen(socket);
    }

    /** Who closed the connection while it was bound has closed nothing, and would not do so again. */
    private void requireOpen(Socket socket) throws IOException {
        if (this.shut) {
            Closer.closeQuietly(socket);
            throw new InterruptedIOException("Connection already shutdown");
        }
    }

    /**
     * Binds a socket that was connected without the connection's knowledge.
     *
     * @param dialedAt when it began to connect, on the scale of the ticker
     */
    public void bind(Socket socket, long dialedAt) throws IOException {
        this.history.roundTrips().dialed(dialedAt);
        bind(socket);
    }

    /**
     * Somebody dials for the connection, with sockets that it does not know.
     *
     * @param cancel ends that, and is called when the connection is closed; null when the dialing is over
     */
    public void dialing(@Nullable Runnable cancel) {
        this.cancelDialing = cancel;
        if (cancel != null && this.shut) {
            cancel.run();
        }
    }

    @Override
    public boolean isShut() {
        return this.shut;
    }

    /** {@return the name of its route} Made once: a connection never changes its route. */
    public String origin(HttpRoute route) {
        String known = this.origin;
        if (known == null) {
            known = Origins.of(route);
            this.origin = known;
        }
        return known;
    }

    // --- idle -------------------------------------------------------------------------------------------------------

    /** Nobody will read from the connection until {@link #resume()}. */
    public void park() {
        sending().withoutLimit();
        this.idleWatch.park();
    }

    private boolean neverBlocks() {
        GuardedSocketHolder holder = sockets();
        GuardedSocket guarded = (holder != null) ? holder.guarded() : null;
        return guarded != null && guarded.neverBlocks();
    }

    public IdleWatch idleWatch() {
        return this.idleWatch;
    }

    /**
     * Takes the connection into use again: ends the watch.
     *
     * @return what is known of it already; the look comes before the first byte of the request
     */
    public Liveness resume() {
        boolean first = !this.history.wasKept();
        this.history.reused();
        Liveness known = this.idleWatch.resume();
        GuardedSocketHolder holder = first ? sockets() : null;
        GuardedSocket guarded = (holder != null) ? holder.guarded() : null;
        if (guarded != null) {
            guarded.neverBlock();
        }
        return known;
    }

    @Override
    public Liveness look() {
        return this.idleWatch.look();
    }

    /** Somebody got it from the pool, and hears when a request goes out on it. */
    public void lentTo(Borrower borrower) {
        this.borrower = borrower;
    }

    /** {@return who got it from the pool, unless that heard already} */
    @Nullable
    public Borrower takeBorrower() {
        Borrower taken = this.borrower;
        this.borrower = null;
        return taken;
    }

    /** A request went out on it. */
    public void used() {
        Borrower taken = takeBorrower();
        if (taken != null) {
            taken.used(this.history.idleAge().usedAt());
        }
    }

    /** {@return the read timeout that it was dialed with, if a user dials} */
    @Nullable
    public Timeout dialedTimeout() {
        return this.dialedTimeout;
    }

    /** Remembers the read timeout that the connection was dialed with, to start with it again whenever it is reused. */
    public void rememberTimeout() {
        this.dialedTimeout = getSocketTimeout();
    }

    @Override
    public void activate() {
        Timeout timeout = this.dialedTimeout;
        if (timeout != null) {
            setSocketTimeout(timeout);
        } else {
            super.activate();
        }
    }

    /** HttpClient calls it when a response breaks the protocol: that peer is not said goodbye to. */
    @Override
    public void close() {
        close(CloseMode.IMMEDIATE);
    }

    @Override
    public void close(CloseMode closeMode) {
        GuardedSocketHolder holder = sockets();
        try {
            closeInOrder(closeMode, holder);
        } finally {
            // Whatever was thrown: the garbage collector does not close a channel.
            if (holder != null && !holder.getBaseSocket().isClosed()) {
                Closer.closeQuietly(holder.getBaseSocket());
            }
        }
    }

    private void closeInOrder(CloseMode closeMode, @Nullable GuardedSocketHolder holder) {
        Runnable letGo = this.idleWatch.end();
        if (closeMode == CloseMode.GRACEFUL) {
            setSocketTimeout(GOODBYE_TIMEOUT);
            GuardedSocket guarded = (holder != null) ? holder.guarded() : null;
            if (guarded != null) {
                guarded.parting();
            }
        } else if (!hasAnswered()) {
            // It did not get as far as to a response that could have forbidden to use it again.
            this.history.closing(CloseReason.ERROR);
        }
        this.shut = true;
        try {
            super.close(closeMode);
        } finally {
            letGo.run();
            Runnable cancel = this.cancelDialing;
            if (cancel != null) {
                cancel.run();
            }
        }
    }
}

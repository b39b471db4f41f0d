// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.CloseReason;
import io.evenkeel.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that can be looked at while it is idle, without a byte of an answer being lost and without waiting.
 *
 * <p>Between {@link #park()} and {@link #resume()} nobody reads from it, so its channel may be switched to non-blocking
 * mode and registered with a selector. {@code ioLock} guards that mode; a connection in use is always blocking. Sockets
 * without a channel (SOCKS, Unix domain, a user's own dialing) are looked at by a read of one millisecond when they are
 * to be used again, and are not watched.
 */
final class PooledConnection extends DefaultManagedHttpClientConnection {

    private static final int RECORD_HEADER_BYTES = 5;
    private static final int ALERT = 21;
    private static final int APPLICATION_DATA = 23;

    /**
     * TLS 1.3 hides the type of a record, but not its length: an alert is two bytes, one of type, the 16 of JSSE's
     * padding and a tag of 16. No answer is that short.
     */
    private static final int HIDDEN_ALERT_BYTES = 35;

    /** Bounds the goodbye to a peer; a connection that is given up must not hold anybody up. */
    private static final Timeout GOODBYE_TIMEOUT = Timeout.ofSeconds(1);

    private static final int SLOW_PROBE_MILLIS = 1;

    /** More interim answers than this are no information, but a way to keep the caller waiting. */
    private static final int MOST_INTERIM_ANSWERS = 5;

    private static final Timeout NO_WAIT = Timeout.ofMilliseconds(1);

    private final Ticker ticker;
    private final long lifetimeNanos;
    private final ReentrantLock ioLock = new ReentrantLock();

    // guarded by ioLock
    private boolean parked;
    private @Nullable SelectionKey watch;
    private @Nullable SelectionKey lastWatch;
    private @Nullable Liveness verdict;

    // written by the thread that holds the lease, or under the lock of the pool
    private long openedAt;
    private long idleSince;
    private long expiresAt;
    private boolean kept;
    private boolean unwritable;
    private boolean unreadable;
    private boolean answered;
    private boolean cutShort;
    private @Nullable Timeout dialedTimeout;
    private LeakDetector.@Nullable LeaseReference lease;
    private final ReadDeadline ownDeadline;
    private int interimAnswers;
    private volatile boolean opened;
    private volatile @Nullable CloseReason closeReason;

    PooledConnection(String id, Http1Config config, Ticker ticker, long lifetimeNanos) {
        super(id, null, null, config, null, null, null, null);
        this.ticker = ticker;
        this.lifetimeNanos = lifetimeNanos;
        this.ownDeadline = new ReadDeadline(ticker);
    }

    @Override
    public void bind(Socket socket) throws IOException {
        super.bind(new GuardedSocketHolder(socket));
        markOpened(socket);
    }

    @Override
    public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
        super.bind(new GuardedSocketHolder(sslSocket, socket));
    }

    private void markOpened(Socket socket) {
        // The operator binds the socket twice: before it connects, so that a cancellation can close it, and after.
        if (socket.isConnected() && !this.opened) {
            this.openedAt = this.ticker.nanoTime();
            this.opened = true;
        }
    }

    /** Somebody has the connection from now on. */
    void leasedAs(LeakDetector.LeaseReference lease) {
        this.lease = lease;
    }

    boolean isLeased() {
        return this.lease != null;
    }

    /** It was given back. */
    void leaseEnded() {
        LeakDetector.LeaseReference ended = this.lease;
        if (ended != null) {
            this.lease = null;
            ended.end();
        }
    }

    boolean opened() {
        return this.opened;
    }

    /** {@return whether it has been idle in the pool, so that its peer may have closed it before it was used again} */
    boolean wasKept() {
        return this.kept;
    }

    long ageNanos(long now) {
        return now - this.openedAt;
    }

    boolean pastLifetime(long now) {
        return ageNanos(now) >= this.lifetimeNanos;
    }

    long idleSince() {
        return this.idleSince;
    }

    long expiresAt() {
        return this.expiresAt;
    }

    /** Remembers since when the connection is idle and until when it may be used; called before it becomes visible. */
    void keep(long now, long idleNanos) {
        this.idleSince = now;
        this.expiresAt = now + Math.min(idleNanos, this.lifetimeNanos - ageNanos(now));
    }

    /** Says why the connection is going to be closed; the first to know is right. */
    void closing(CloseReason reason) {
        if (this.closeReason == null) {
            this.closeReason = reason;
        }
    }

    CloseReason closeReason() {
        CloseReason reason = this.closeReason;
        return (reason != null) ? reason : CloseReason.NOT_REUSABLE;
    }

    // --- idle -------------------------------------------------------------------------------------------------------

    /** Nobody will read from the connection until {@link #resume()}. */
    void park() {
        this.ioLock.lock();
        try {
            if (this.parked) {
                throw new IllegalStateException("Released twice: " + this);
            }
            this.parked = true;
        } finally {
            this.ioLock.unlock();
        }
    }

    /** Registers a parked connection, so that the selector tells when the peer closes it. */
    void watch(Selector selector) throws IOException {
        this.ioLock.lock();
        try {
            SocketChannel channel = channel();
            // A key that is not valid any more is one of a selector that failed.
            if (!this.parked || channel == null || (this.watch != null && this.watch.isValid())) {
                return;
            }
            this.watch = null;
            channel.configureBlocking(false);
            try {
                this.watch = channel.register(selector, SelectionKey.OP_READ, this);
            } catch (CancelledKeyException ex) {
                // It was used since the selector last dropped its old keys. There will be another time.
                return;
            } finally {
                if (this.watch == null) {
                    channel.configureBlocking(true);
                }
            }
        } finally {
            this.ioLock.unlock();
        }
    }

    /** {@return what is to be seen of a connection that the selector reported; it stays parked} */
    Liveness inspect() {
        this.ioLock.lock();
        try {
            return (this.parked && this.watch != null) ? look() : Liveness.ALIVE;
        } finally {
            this.ioLock.unlock();
        }
    }

    /** Takes the connection into use again: ends the watch and looks whether it is fit for a request. */
    Liveness resume() {
        this.ioLock.lock();
        try {
            Liveness liveness = look();
            unpark();
            this.kept = true;
            return liveness;
        } finally {
            this.ioLock.unlock();
        }
    }

    /** {@return whether bytes of the peer are left over in memory, without any I/O} */
    boolean hasLeftover() {
        try {
            GuardedInputStream in = input();
            if (in == null) {
                return false;
            }
            in.suspend(true);
            try {
                return isDataAvailable(NO_WAIT) || decrypted() > 0;
            } finally {
                in.suspend(false);
            }
        } catch (IOException ex) {
            return true;
        }
    }

    private Liveness look() {
        if (this.verdict == null) {
            Liveness liveness = probe();
            // A look may take a byte away: whatever was seen once stays true.
            if (liveness == Liveness.ALIVE) {
                return liveness;
            }
            this.verdict = liveness;
        }
        return this.verdict;
    }

    private Liveness probe() {
        if (!isOpen()) {
            return Liveness.EOF;
        }
        try {
            if (hasLeftover()) {
                return Liveness.UNSOLICITED;
            }
            SocketChannel channel = channel();
            return (channel != null) ? probe(channel) : probeSlowly();
        } catch (ClosedChannelException ex) {
            return Liveness.EOF;
        } catch (IOException ex) {
            return Liveness.RESET;
        }
    }

    private Liveness probe(SocketChannel channel) throws IOException {
        boolean blocking = channel.isBlocking();
        if (blocking) {
            channel.configureBlocking(false);
        }
        try {
            ByteBuffer buffer = ByteBuffer.allocate(RECORD_HEADER_BYTES);
            int read = channel.read(buffer);
            if (read == 0) {
                return Liveness.ALIVE;
            }
            return (read < 0 || (isSecure() && announcesClose(buffer))) ? Liveness.EOF : Liveness.UNSOLICITED;
        } finally {
            if (blocking && channel.isOpen()) {
                channel.configureBlocking(true);
            }
        }
    }

    /** A TLS peer says goodbye before it closes: then the first that waits is an alert, whether FIN has come or not. */
    private boolean announcesClose(ByteBuffer header) {
        int type = header.get(0);
        return type == ALERT
                || (type == APPLICATION_DATA
                        && "TLSv1.3".equals(getSSLSession().getProtocol())
                        && header.position() == RECORD_HEADER_BYTES
                        && Short.toUnsignedInt(header.getShort(3)) <= HIDDEN_ALERT_BYTES);
    }

    /** Any byte that is read here is one too many, so nothing is lost with it. */
    private Liveness probeSlowly() throws IOException {
        Socket socket = getSocket();
        InputStream in = input();
        if (in == null) {
            return Liveness.EOF;
        }
        int timeout = socket.getSoTimeout();
        socket.setSoTimeout(SLOW_PROBE_MILLIS);
        try {
            return (in.read() < 0) ? Liveness.EOF : Liveness.UNSOLICITED;
        } catch (SocketTimeoutException ex) {
            return Liveness.ALIVE;
        } finally {
            socket.setSoTimeout(timeout);
        }
    }

    /** Gives the channel back to blocking reads. A TLS socket cannot even be closed in the other mode. */
    private void unpark() {
        this.parked = false;
        SelectionKey key = this.watch;
        if (key != null) {
            this.watch = null;
            this.lastWatch = key;
            key.cancel();
            try {
                key.channel().configureBlocking(true);
            } catch (IOException ex) {
                this.verdict = Liveness.RESET;
            }
        }
    }

    // --- in use -----------------------------------------------------------------------------------------------------

    @Override
    public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
        endDeadline();
        this.interimAnswers = 0;
        super.sendRequestHeader(request);
    }

    /** Reads an interim or the final answer. The read timeout bounds all of them together, up to the final head. */
    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        beginDeadline(getSocketTimeout());
        ClassicHttpResponse response = super.receiveResponseHeader();
        if (response.getCode() >= HttpStatus.SC_SUCCESS) {
            this.answered = true;
            endDeadline();
        } else if (++this.interimAnswers > MOST_INTERIM_ANSWERS) {
            throw new ProtocolException("More than " + MOST_INTERIM_ANSWERS + " interim answers to one request");
        }
        return response;
    }

    /** Bounds all reads from now on, taken together, until the next request or {@link #endDeadline}. */
    void beginDeadline(Timeout limit) throws IOException {
        SocketHolder holder = getSocketHolder();
        if (holder != null && limit.isEnabled()) {
            deadline(holder).begin(holder.getSocket(), limit.toMillisecondsIntBound());
        }
    }

    private void endDeadline() throws IOException {
        SocketHolder holder = getSocketHolder();
        if (holder != null) {
            deadline(holder).end(holder.getSocket());
        }
    }

    private ReadDeadline deadline(SocketHolder holder) {
        return (holder.getBaseSocket() instanceof GuardedSocket guarded) ? guarded.deadline() : this.ownDeadline;
    }

    @Override
    public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
        // After an interim answer the clock runs, but the time of the upload is not the server's.
        endDeadline();
        try {
            super.sendRequestEntity(request);
        } catch (IOException ex) {
            if (!answeredEarly()) {
                throw ex;
            }
            this.cutShort = true;
        }
    }

    /** {@return whether the server stopped reading, but not without an answer, which says more than the failure} */
    private boolean answeredEarly() {
        try {
            return this.unwritable && isDataAvailable(NO_WAIT);
        } catch (IOException ex) {
            return false;
        }
    }

    @Override
    public void flush() throws IOException {
        if (!this.cutShort) {
            super.flush();
        }
    }

    @Override
    public boolean isConsistent() {
        return !this.cutShort && super.isConsistent();
    }

    /** {@return whether the socket failed or ended, as opposed to what was to be sent} */
    boolean broken() {
        return this.unwritable || this.unreadable;
    }

    /** Remembers the read timeout that the connection was dialed with, to start with it again whenever it is reused. */
    void rememberTimeout() {
        this.dialedTimeout = getSocketTimeout();
    }

    /** HttpClient calls it before it gives the connection back: the next to use it has limits of its own. */
    @Override
    public void passivate() {
        try {
            endDeadline();
        } catch (IOException ex) {
            // The socket is closed, and the pool will see that.
            closing(CloseReason.ERROR);
        }
        super.passivate();
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

    /** HttpClient calls it when an answer breaks the protocol: that peer is not said goodbye to. */
    @Override
    public void close() {
        close(CloseMode.IMMEDIATE);
    }

    @Override
    public void close(CloseMode closeMode) {
        SelectionKey watched = prepareClose();
        if (closeMode == CloseMode.GRACEFUL) {
            setSocketTimeout(GOODBYE_TIMEOUT);
        } else if (!this.answered) {
            // It did not get as far as to an answer that could have forbidden to use it again.
            closing(CloseReason.ERROR);
        }
        try {
            super.close(closeMode);
        } finally {
            letGo(watched);
        }
    }

    /** A channel is closed only when its selector has forgotten it, and that may be asleep. */
    private static void letGo(@Nullable SelectionKey watched) {
        if (watched != null && watched.channel().isRegistered()) {
            watched.selector().wakeup();
        }
    }

    private @Nullable SelectionKey prepareClose() {
        this.ioLock.lock();
        try {
            unpark();
            return this.lastWatch;
        } finally {
            this.ioLock.unlock();
        }
    }

    private boolean isSecure() {
        SocketHolder holder = getSocketHolder();
        return holder != null && holder.getSSLSocket() != null;
    }

    /** {@return decrypted bytes that wait in the TLS layer} */
    private int decrypted() throws IOException {
        SocketHolder holder = getSocketHolder();
        SSLSocket ssl = (holder != null) ? holder.getSSLSocket() : null;
        return (ssl != null) ? ssl.getInputStream().available() : 0;
    }

    private @Nullable SocketChannel channel() {
        SocketHolder holder = getSocketHolder();
        return (holder != null) ? holder.getBaseSocket().getChannel() : null;
    }

    private @Nullable GuardedInputStream input() throws IOException {
        SocketHolder holder = getSocketHolder();
        return (holder != null && holder.getInputStream() instanceof GuardedInputStream in) ? in : null;
    }

    private final class GuardedSocketHolder extends SocketHolder {

        GuardedSocketHolder(Socket socket) {
            super(socket);
        }

        GuardedSocketHolder(SSLSocket sslSocket, Socket socket) {
            super(sslSocket, socket);
        }

        @Override
        protected InputStream getInputStream(Socket socket) throws IOException {
            PooledConnection connection = PooledConnection.this;
            ReadDeadline deadline = (getBaseSocket() instanceof GuardedSocket) ? null : connection.ownDeadline;
            return new GuardedInputStream(
                    socket.getInputStream(), socket, deadline, () -> connection.unreadable = true);
        }

        @Override
        protected OutputStream getOutputStream(Socket socket) throws IOException {
            return new GuardedOutputStream(socket.getOutputStream(), () -> PooledConnection.this.unwritable = true);
        }
    }
}

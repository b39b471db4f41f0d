// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.LengthRequiredException;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.io.SessionOutputBuffer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that can be looked at while it is idle, without a byte of an answer being lost and without waiting.
 *
 * <p>Sockets without a channel (SOCKS, Unix domain, a user's own dialing) are looked at by a read of one millisecond when they are
 * to be used again, and are not watched.
 */
final class PooledConnection extends DefaultManagedHttpClientConnection {

    /** Bounds the goodbye to a peer; a connection that is given up must not hold anybody up. */
    private static final Timeout GOODBYE_TIMEOUT = Timeout.ofSeconds(1);

    private static final int SLOW_PROBE_MILLIS = 1;

    private static final Timeout SLOW_PROBE_LIMIT = Timeout.ofMilliseconds(5);

    /** Long enough for interim answers that a server sends while it works, whatever the read timeout. */
    private static final int INTERIM_MILLIS = 60_000;

    private static final Timeout NO_WAIT = Timeout.ofMilliseconds(1);

    private final ResponseLimits limits;
    private final StrictResponseParser parser;
    private final Ticker ticker;
    private final long lifetimeNanos;
    private final @Nullable TlsGeneration tls;
    private final IdleWatch idleWatch;
    private final Sending sending;

    /** What a look takes away; used under the lock of the watch. */
    private final ByteBuffer taken = ByteBuffer.allocate(1);

    // written by the thread that holds the lease, or under the lock of the pool
    private final IdleAge idleAge = new IdleAge();
    private final RoundTrips roundTrips = new RoundTrips();
    private long openedAt;
    private boolean kept;
    private boolean brokeBeforeAnswer;
    private boolean unreadable;
    private boolean answered;
    private boolean cutShort;
    private boolean oddlyFramed;
    private boolean upgrading;
    private boolean tunnelling;
    private @Nullable Timeout dialedTimeout;
    private @Nullable String origin;
    private @Nullable RequestBodyStream requestBody;
    private @Nullable Lease unreported;
    private final ReadDeadline ownDeadline;
    private boolean timedOut;
    private int interimAnswers;
    private long requestLength;
    private volatile boolean opened;
    private volatile boolean shut;
    private volatile @Nullable Runnable cancelDialing;
    private volatile @Nullable CloseReason closeReason;

    /**
     * @param limits how large the heads of its answers may be
     * @param lifetimeNanos age above which it is not used again
     * @param tls what a handshake would have been made with when it was made, before any began; {@code null} if that never
     *     changes
     */
    PooledConnection(
            String id,
            Http1Config config,
            ResponseLimits limits,
            Ticker ticker,
            long lifetimeNanos,
            @Nullable TlsGeneration tls) {
        this(id, config, limits, new StrictResponseParser(limits), ticker, lifetimeNanos, tls);
    }

    private PooledConnection(
            String id,
            Http1Config config,
            ResponseLimits limits,
            StrictResponseParser parser,
            Ticker ticker,
            long lifetimeNanos,
            @Nullable TlsGeneration tls) {
        super(id, null, null, config, StrictContentLength::of, null, null, ignored -> parser);
        this.limits = limits;
        this.parser = parser;
        this.ticker = ticker;
        this.lifetimeNanos = lifetimeNanos;
        this.tls = tls;
        this.ownDeadline = new ReadDeadline(ticker);
        this.idleWatch = new IdleWatch(this, this::probe);
        this.sending = new Sending(this, ticker);
    }

    @Override
    public void bind(Socket socket) throws IOException {
        super.bind(new GuardedSocketHolder(socket));
        requireOpen(socket);
        markOpened(socket);
    }

    @Override
    public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
        super.bind(new GuardedSocketHolder(sslSocket, socket));
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
    void bind(Socket socket, long dialedAt) throws IOException {
        this.roundTrips.dialed(dialedAt);
        bind(socket);
    }

    /**
     * Somebody dials for the connection, with sockets that it does not know.
     *
     * @param cancel ends that, and is called when the connection is closed; null when the dialing is over
     */
    void dialing(@Nullable Runnable cancel) {
        this.cancelDialing = cancel;
        if (cancel != null && this.shut) {
            cancel.run();
        }
    }

    /** {@return whether it was closed, so that nothing can be bound to it any more} */
    boolean isShut() {
        return this.shut;
    }

    private void markOpened(Socket socket) {
        // The operator binds the socket twice: before it connects, so that a cancellation can close it, and after.
        long now = this.ticker.nanoTime();
        if (!socket.isConnected()) {
            this.roundTrips.dialed(now);
        } else if (!this.opened) {
            this.roundTrips.connected(now);
            this.openedAt = now;
            this.opened = true;
        }
    }

    boolean opened() {
        return this.opened;
    }

    /** {@return the name of its route} Made once: a connection never changes its route. */
    String origin(HttpRoute route) {
        String known = this.origin;
        if (known == null) {
            known = Origins.of(route);
            this.origin = known;
        }
        return known;
    }

    /** {@return bytes that went over the wire so far in both directions, -1 if it is closed} Asked by any thread. */
    long transferred() {
        EndpointDetails counters = getEndpointDetails();
        return (counters != null) ? counters.getSentBytesCount() + counters.getReceivedBytesCount() : -1;
    }

    /** {@return whether it has been idle in the pool, so that its peer may have closed it before it was used again} */
    boolean wasKept() {
        return this.kept;
    }

    long ageNanos(long now) {
        return now - this.openedAt;
    }

    boolean pastLifetime(long now) {
        return remainingLifetime(now) <= 0;
    }

    long remainingLifetime(long now) {
        return this.lifetimeNanos - ageNanos(now);
    }

    /** {@return whether trust or identity were replaced since it was opened, or while it was} */
    boolean isOutdated() {
        return this.tls != null && this.tls.isSuperseded();
    }

    IdleAge idleAge() {
        return this.idleAge;
    }

    /** {@return nanoseconds since its last answer} */
    long idleFor() {
        return this.idleAge.most(this.ticker.nanoTime());
    }

    RoundTrips roundTrips() {
        return this.roundTrips;
    }

    /** The peer closed the connection, which had been idle, before it read the request that was sent on it, or while. */
    void brokeBeforeAnswer() {
        this.brokeBeforeAnswer = true;
    }

    /** {@return the same, once} */
    boolean takeBrokenBeforeAnswer() {
        boolean broken = this.brokeBeforeAnswer;
        this.brokeBeforeAnswer = false;
        return broken;
    }

    boolean hasBrokenBeforeAnswer() {
        return this.brokeBeforeAnswer;
    }

    /** {@return whether it is the peer that ended it} Bytes that nobody asked for are a goodbye, too: 408 and the like. */
    boolean wasClosedByPeer() {
        CloseReason reason = this.closeReason;
        return reason == CloseReason.EOF || reason == CloseReason.RESET || reason == CloseReason.UNSOLICITED;
    }

    /** {@return whether a selector can tell when the peer closes it} */
    boolean isWatchable() {
        return channel() != null;
    }

    boolean isWatched() {
        return this.idleWatch.isWatched();
    }

    /** Says why the connection is going to be closed; the first to know is right. */
    void closing(CloseReason reason) {
        if (this.closeReason == null) {
            this.closeReason = reason;
        }
    }

    /** {@return whether it was closed because the client is} */
    boolean closedWithClient() {
        return this.closeReason == CloseReason.SHUTDOWN;
    }

    CloseReason closeReason() {
        CloseReason reason = this.closeReason;
        return (reason != null) ? reason : CloseReason.NOT_REUSABLE;
    }

    // --- idle -------------------------------------------------------------------------------------------------------

    /** Nobody will read from the connection until {@link #resume()}. */
    void park() {
        this.sending.withoutLimit();
        this.idleWatch.park();
    }

    /** Registers a parked connection, so that the selector tells when the peer closes it. */
    void watch(Selector selector) throws IOException {
        this.idleWatch.register(selector);
    }

    /** {@return what is to be seen of a connection that the selector reported; it stays parked} */
    Liveness inspect() {
        return this.idleWatch.inspect();
    }

    /**
     * Takes the connection into use again: ends the watch.
     *
     * @return what is known of it already; the look comes before the first byte of the request
     */
    Liveness resume() {
        SocketChannel channel = this.kept ? null : channel();
        this.kept = true;
        Liveness known = this.idleWatch.resume();
        if (channel != null) {
            // Not before: connections that are used once gain nothing.
            NonBlockingForGood.make(channel);
        }
        return known;
    }

    /** {@return what is to be seen of a connection in use that nobody reads from just now} */
    Liveness look() {
        return this.idleWatch.look();
    }

    /** Somebody got it from the pool, which is told when it has been looked at. */
    void leasedFor(Lease lease) {
        this.unreported = lease;
    }

    /** {@return the lease by which it was got from the pool, unless that was told} */
    @Nullable
    Lease takeUnreported() {
        Lease taken = this.unreported;
        this.unreported = null;
        return taken;
    }

    /** It was looked at, and the first byte of a request follows: nothing may come between. */
    void seenAlive(long now) {
        this.idleAge.end(now);
    }

    /** A request went out on it. */
    void used() {
        Lease lease = takeUnreported();
        if (lease != null) {
            lease.pool().reused(lease, this);
        }
    }

    /** {@return whether bytes of the peer are left over in memory, without any I/O} */
    boolean hasLeftover() {
        try {
            GuardedInputStream in = input();
            return in != null && (isBuffered(in) || decrypted() > 0);
        } catch (IOException ex) {
            return true;
        }
    }

    /** {@return whether a thread reads from it, which nobody does from a connection that is given back} */
    boolean isBeingRead() {
        try {
            GuardedInputStream in = input();
            return in != null && in.isReading();
        } catch (IOException ex) {
            return false;
        }
    }

    private boolean isBuffered(GuardedInputStream in) throws IOException {
        in.suspend(true);
        try {
            return isDataAvailable(NO_WAIT);
        } finally {
            in.suspend(false);
        }
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

    /**
     * What arrives on an idle connection cannot be the answer to a later request (RFC 9112, section 9.2), so that nothing is
     * lost with a byte that is taken away. With TLS it need not be an answer at all: some servers send their session tickets
     * behind the first one (Jetty, 2 ms later), and a goodbye is a record, too. There TLS itself has to tell.
     */
    private Liveness probe(SocketChannel channel) throws IOException {
        SocketHolder holder = getSocketHolder();
        if (holder == null
                || holder.getSSLSocket() == null
                || !(holder.getBaseSocket() instanceof GuardedSocket guarded)) {
            return ChannelProbe.look(channel, this.taken.clear());
        }
        // What an earlier look gave back may not have been read yet, if the machine paused: it comes before all else.
        if (!guarded.hasUnread()) {
            Liveness liveness = ChannelProbe.look(channel, this.taken.clear());
            if (liveness != Liveness.UNSOLICITED) {
                return liveness;
            }
            guarded.unread(this.taken.get(0));
        }
        return probeSlowly();
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
        // One read of TLS is many of the socket.
        beginDeadline(SLOW_PROBE_LIMIT);
        try {
            return (in.read() < 0) ? Liveness.EOF : Liveness.UNSOLICITED;
        } catch (SocketTimeoutException ex) {
            return Liveness.ALIVE;
        } finally {
            endDeadline();
            socket.setSoTimeout(timeout);
        }
    }

    // --- in use -----------------------------------------------------------------------------------------------------

    /**
     * Bounds the time until the first byte of the next request leaves, for a connection that is handed out: later the
     * server may have closed it. A request that comes too late is not sent on it.
     *
     * @param nanos on the scale of the ticker
     */
    void mustBeSentBy(long nanos) {
        this.sending.mustBeginBy(nanos);
    }

    /**
     * A request begins.
     *
     * @param bodyReadOnce whether its body cannot be written a second time
     */
    void beginRequest(boolean bodyReadOnce) {
        SocketHolder holder = getSocketHolder();
        Socket socket = (holder != null) ? holder.getBaseSocket() : null;
        this.sending.begin(bodyReadOnce, (socket instanceof GuardedSocket guarded) ? guarded.evidence() : null);
    }

    /** {@return whether it is proven that no byte of the request left} */
    boolean nothingSent() {
        return this.sending.nothingSent();
    }

    /** {@return whether the request was not begun, as the connection was not fit for it: any other may carry it} */
    boolean hasRefused() {
        return this.sending.wasRefused();
    }

    /** {@return the time since the request began} */
    Duration sinceRequest() {
        return this.sending.elapsed();
    }

    @Override
    public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
        endDeadline();
        if (!this.kept && speaksOutOfTurn()) {
            throw BadAnswerException.outOfTurn();
        }
        HttpEntity body = request.getEntity();
        this.requestLength = (body != null) ? DefaultContentLengthStrategy.INSTANCE.determineLength(request) : 0;
        if (this.requestLength == ContentLengthStrategy.UNDEFINED) {
            // Its head alone would be a whole request.
            throw new LengthRequiredException();
        }
        this.interimAnswers = 0;
        this.parser.requestBegins();
        this.upgrading = request.containsHeader(HttpHeaders.UPGRADE);
        this.tunnelling = Method.CONNECT.isSame(request.getMethod());
        super.sendRequestHeader(request);
    }

    /**
     * {@return whether bytes wait on a new connection} What is buffered came behind the answer of a proxy to CONNECT, before
     * there was TLS: read on, it would be the server's answer, in the words of whoever sits in between. What waits in a
     * socket with TLS may be session tickets, which are no answer.
     */
    private boolean speaksOutOfTurn() throws IOException {
        GuardedInputStream in = input();
        return in != null && (isBuffered(in) || (tls() == null && in.available() > 0));
    }

    /**
     * Reads an interim or the final answer. The read timeout bounds each of them as a whole; what bounds all of them
     * together is for peers that would keep the caller waiting.
     */
    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        beginDeadline(getSocketTimeout());
        ClassicHttpResponse response;
        try {
            response = super.receiveResponseHeader();
        } catch (SocketTimeoutException ex) {
            // Said now, since HttpClient closes the connection before anybody else hears of it.
            closing(CloseReason.TIMEOUT);
            this.timedOut = true;
            throw ex;
        }
        if (response.getCode() >= HttpStatus.SC_SUCCESS) {
            long now = this.ticker.nanoTime();
            this.roundTrips.exchanged(this.sending.since(now));
            this.idleAge.answered(now);
            this.answered = true;
            this.oddlyFramed = StrictContentLength.dropEmptyBesideChunks(response) || this.parser.emptyLineFirst();
            endDeadline();
            if (this.tunnelling && response.getCode() < HttpStatus.SC_REDIRECTION) {
                // Any 2xx opens the tunnel (RFC 9110, section 9.3.6); HttpClient knows one of them.
                response.setCode(HttpStatus.SC_OK);
            }
        } else if (response.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS && !this.upgrading) {
            throw BadAnswerException.malformed("it switches to another protocol, which nobody asked for");
        } else if (++this.interimAnswers > this.limits.maxInterim()) {
            throw BadAnswerException.tooLarge(
                    "more than %d interim responses came before it".formatted(this.limits.maxInterim()),
                    "max-interim-responses");
        } else {
            renewDeadline();
        }
        return response;
    }

    private void renewDeadline() {
        SocketHolder holder = getSocketHolder();
        if (holder != null) {
            deadline(holder).renew(INTERIM_MILLIS);
        }
    }

    @Override
    public void receiveResponseEntity(ClassicHttpResponse response) throws HttpException, IOException {
        try {
            super.receiveResponseEntity(response);
        } catch (ProtocolException ex) {
            throw BadAnswerException.malformed(ex);
        }
    }

    @Override
    protected InputStream createContentInputStream(long length, SessionInputBuffer buffer, InputStream in) {
        return (length == ContentLengthStrategy.CHUNKED)
                ? new StrictChunks(buffer, in, this.limits)
                : super.createContentInputStream(length, buffer, in);
    }

    @Override
    protected OutputStream createContentOutputStream(
            long length,
            SessionOutputBuffer buffer,
            OutputStream out,
            @Nullable Supplier<List<? extends Header>> trailers) {
        OutputStream content = super.createContentOutputStream(length, buffer, out, trailers);
        this.requestBody = new RequestBodyStream(content, length, !this.sending.isBodyReadOnce());
        return this.requestBody;
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
            HttpEntity body = request.getEntity();
            // Nothing may follow a head that announces nothing.
            if (body != null && this.sending.headGoesFirst(body) && this.requestLength != 0) {
                flush();
            }
            super.sendRequestEntity(request);
            completeBody();
        } catch (IOException ex) {
            endEarly(ex);
        } catch (RuntimeException ex) {
            IOException behind = this.sending.failureBehind(ex);
            if (behind == null) {
                throw ex;
            }
            endEarly(behind);
        }
    }

    private void completeBody() throws IOException {
        RequestBodyStream body = this.requestBody;
        this.requestBody = null;
        if (body != null) {
            body.complete();
        }
    }

    /**
     * The server gave its final answer instead of asking for the body. HttpCore ends an announced body in chunks without
     * having begun it, which looks like an empty one; here the connection ends.
     */
    @Override
    public void terminateRequest(ClassicHttpRequest request) throws HttpException, IOException {
        super.terminateRequest(request);
        if (this.requestBody != null && !this.requestBody.hasDeclaredLength()) {
            this.requestBody = null;
            this.cutShort = true;
        }
        completeBody();
    }

    /** If the server stopped reading, but not without an answer, that says more than the failure. */
    private void endEarly(IOException failure) throws IOException {
        if (!answeredEarly()) {
            throw failure;
        }
        this.cutShort = true;
    }

    private boolean answeredEarly() {
        try {
            // What arrived on a kept connection before the request left is no answer to it.
            return this.sending.hasFailed() && !(this.kept && nothingSent()) && isDataAvailable(NO_WAIT);
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

    /** {@return whether it may be used again} Its last answer may have been complete and yet the end of it. */
    @Override
    public boolean isConsistent() {
        return !this.cutShort && !this.oddlyFramed && !this.unreadable && super.isConsistent();
    }

    /** {@return whether the socket failed or ended, as opposed to what was to be sent} */
    boolean broken() {
        return this.sending.hasFailed() || this.unreadable;
    }

    /** {@return whether it failed while a request was written} */
    boolean brokeInWriting() {
        return this.sending.hasFailed();
    }

    /** {@return whether no answer came in time} */
    boolean timedOut() {
        return this.timedOut;
    }

    /** {@return the read timeout that it was dialed with, if a user dials} */
    @Nullable
    Timeout dialedTimeout() {
        return this.dialedTimeout;
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
        SocketHolder holder = getSocketHolder();
        try {
            closeInOrder(closeMode, holder);
        } finally {
            // Whatever was thrown: the garbage collector does not close a channel.
            if (holder != null && !holder.getBaseSocket().isClosed()) {
                Closer.closeQuietly(holder.getBaseSocket());
            }
        }
    }

    private void closeInOrder(CloseMode closeMode, @Nullable SocketHolder holder) {
        Runnable letGo = this.idleWatch.end();
        if (closeMode == CloseMode.GRACEFUL) {
            setSocketTimeout(GOODBYE_TIMEOUT);
            if (holder != null && holder.getBaseSocket() instanceof GuardedSocket guarded) {
                guarded.parting();
            }
        } else if (!this.answered) {
            // It did not get as far as to an answer that could have forbidden to use it again.
            closing(CloseReason.ERROR);
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

    /** {@return decrypted bytes that wait in the TLS layer} */
    private int decrypted() throws IOException {
        SSLSocket tls = tls();
        return (tls != null) ? tls.getInputStream().available() : 0;
    }

    private @Nullable SSLSocket tls() {
        SocketHolder holder = getSocketHolder();
        return (holder != null) ? holder.getSSLSocket() : null;
    }

    /** {@return the channel below, if there is one} */
    @Nullable
    SocketChannel channel() {
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
            return new GuardedOutputStream(socket.getOutputStream(), PooledConnection.this.sending);
        }
    }
}

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

    /** Long enough for interim answers that a server sends while it works, whatever the read timeout. */
    private static final int INTERIM_MILLIS = 60_000;

    private static final Timeout NO_WAIT = Timeout.ofMilliseconds(1);

    private final ResponseHeads heads;
    private final Ticker ticker;
    private final ConnectionHistory history;
    private final LivenessProbe probe;
    private final IdleWatch idleWatch;
    private final Sending sending;

    // written by the thread that holds the lease, or under the lock of the pool
    private boolean unreadable;
    private boolean answered;
    private boolean cutShort;
    private @Nullable Timeout dialedTimeout;
    private @Nullable RequestBodyStream requestBody;
    private @Nullable Borrower borrower;
    private @Nullable String origin;
    private final ReadDeadline ownDeadline;
    private boolean timedOut;
    private long requestLength;
    private volatile boolean shut;
    private volatile @Nullable Runnable cancelDialing;

    /**
     * @param limits how large the heads of its answers may be
     * @param history that begins with it
     */
    PooledConnection(
            String id,
            Http1Config config,
            ResponseLimits limits,
            Ticker ticker,
            ConnectionHistory history) {
        this(id, config, new ResponseHeads(limits), ticker, history);
    }

    private PooledConnection(
            String id,
            Http1Config config,
            ResponseHeads heads,
            Ticker ticker,
            ConnectionHistory history) {
        super(id, null, null, config, StrictContentLength::of, null, null, ignored -> heads.parser());
        this.heads = heads;
        this.ticker = ticker;
        this.history = history;
        this.ownDeadline = new ReadDeadline(ticker);
        this.probe = new LivenessProbe(this::sockets, () -> isDataAvailable(NO_WAIT));
        this.idleWatch = new IdleWatch(this, this::channel, this.probe::look);
        this.sending = new Sending(this, ticker);
    }

    @Override
    public void bind(Socket socket) throws IOException {
        super.bind(new GuardedSocketHolder(socket, this.sending, this.ownDeadline, this::ended));
        requireOpen(socket);
        this.history.bound(socket);
    }

    @Override
    public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
        super.bind(new GuardedSocketHolder(sslSocket, socket, this.sending, this.ownDeadline, this::ended));
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
        this.history.roundTrips().dialed(dialedAt);
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

    /** The peer ended what it sends, or the socket failed in reading. */
    private void ended() {
        this.unreadable = true;
    }

    ConnectionHistory history() {
        return this.history;
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

    // --- idle -------------------------------------------------------------------------------------------------------

    /** Nobody will read from the connection until {@link #resume()}. */
    void park() {
        this.sending.withoutLimit();
        this.idleWatch.park();
    }

    IdleWatch idleWatch() {
        return this.idleWatch;
    }

    LivenessProbe probe() {
        return this.probe;
    }

    /**
     * Takes the connection into use again: ends the watch.
     *
     * @return what is known of it already; the look comes before the first byte of the request
     */
    Liveness resume() {
        this.history.reused();
        return this.idleWatch.resume();
    }

    /** {@return what is to be seen of a connection in use that nobody reads from just now} */
    Liveness look() {
        return this.idleWatch.look();
    }

    /** Somebody got it from the pool, and hears when a request goes out on it. */
    void lentTo(Borrower borrower) {
        this.borrower = borrower;
    }

    /** {@return who got it from the pool, unless that heard already} */
    @Nullable
    Borrower takeBorrower() {
        Borrower taken = this.borrower;
        this.borrower = null;
        return taken;
    }

    /** A request went out on it. */
    void used() {
        Borrower taken = takeBorrower();
        if (taken != null) {
            taken.used(this.history.idleAge().usedAt());
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
        GuardedSocketHolder holder = sockets();
        GuardedSocket guarded = (holder != null) ? holder.guarded() : null;
        this.sending.begin(bodyReadOnce, (guarded != null) ? guarded.evidence() : null);
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
        if (!this.history.wasKept() && this.probe.speaksOutOfTurn()) {
            throw BadAnswerException.outOfTurn();
        }
        HttpEntity body = request.getEntity();
        this.requestLength = (body != null) ? DefaultContentLengthStrategy.INSTANCE.determineLength(request) : 0;
        if (this.requestLength == ContentLengthStrategy.UNDEFINED) {
            // Its head alone would be a whole request.
            throw new LengthRequiredException();
        }
        this.heads.requestBegins(request);
        super.sendRequestHeader(request);
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
            this.history.closing(CloseReason.TIMEOUT);
            this.timedOut = true;
            throw ex;
        }
        if (this.heads.isFinal(response)) {
            long now = this.ticker.nanoTime();
            this.history.roundTrips().exchanged(this.sending.since(now));
            this.history.idleAge().answered(now);
            this.answered = true;
            endDeadline();
        } else {
            renewDeadline();
        }
        return response;
    }

    private void renewDeadline() {
        GuardedSocketHolder holder = sockets();
        if (holder != null) {
            holder.renewDeadline(INTERIM_MILLIS);
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
                ? new StrictChunks(buffer, in, this.heads.limits())
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
        GuardedSocketHolder holder = sockets();
        if (holder != null) {
            holder.beginDeadline(limit);
        }
    }

    private void endDeadline() throws IOException {
        GuardedSocketHolder holder = sockets();
        if (holder != null) {
            holder.endDeadline();
        }
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
            return this.sending.hasFailed() && !(this.history.wasKept() && nothingSent()) && isDataAvailable(NO_WAIT);
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
        return !this.cutShort && !this.heads.isOddlyFramed() && !this.unreadable && super.isConsistent();
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
            this.history.closing(CloseReason.ERROR);
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
        } else if (!this.answered) {
            // It did not get as far as to an answer that could have forbidden to use it again.
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

    /** {@return the channel below, if there is one} */
    @Nullable
    SocketChannel channel() {
        GuardedSocketHolder holder = sockets();
        return (holder != null) ? holder.channel() : null;
    }

    private @Nullable GuardedSocketHolder sockets() {
        return (GuardedSocketHolder) getSocketHolder();
    }
}

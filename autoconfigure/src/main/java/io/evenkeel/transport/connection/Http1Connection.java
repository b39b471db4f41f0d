// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.event.CallPhase;
import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.deadline.WriteLimit;
import io.evenkeel.transport.http1.ResponseHeads;
import io.evenkeel.transport.http1.StrictChunks;
import io.evenkeel.transport.http1.StrictContentLength;
import io.evenkeel.transport.http1.UnacceptableResponseException;
import io.evenkeel.transport.socket.GuardedSocket;
import io.evenkeel.transport.socket.Liveness;
import io.evenkeel.transport.socket.ReadDeadline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.LengthRequiredException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.io.SessionOutputBuffer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 as it is spoken on one connection: what a request is while it is written, what a response may be, and when either
 * leaves the connection in a state in which nothing may follow. Used by the thread that holds the lease.
 */
public abstract class Http1Connection extends DefaultManagedHttpClientConnection {

    /** Long enough for interim responses that a server sends while it works, whatever the read timeout. */
    private static final int INTERIM_MILLIS = 60_000;

    static final Timeout NO_WAIT = Timeout.ofMilliseconds(1);

    private final ResponseHeads heads;
    private final Ticker ticker;
    private final ConnectionHistory history;
    private final LivenessProbe probe;
    private final Sending sending;
    private final Upload upload;
    private final EarlyAnswers early;
    private final ReadDeadline ownDeadline;

    private @Nullable CallDeadline call;
    private @Nullable RequestBodyStream requestBody;
    private long requestLength;
    private boolean unreadable;
    private boolean answered;
    private boolean cutShort;
    private boolean timedOut;

    Http1Connection(String id, Http1Config config, ResponseLimits limits, Ticker ticker, ConnectionHistory history) {
        this(id, config, new ResponseHeads(limits), ticker, history);
    }

    private Http1Connection(
            String id, Http1Config config, ResponseHeads heads, Ticker ticker, ConnectionHistory history) {
        super(id, null, null, config, StrictContentLength::of, null, null, ignored -> heads.parser());
        this.heads = heads;
        this.ticker = ticker;
        this.history = history;
        this.ownDeadline = new ReadDeadline(ticker);
        this.probe = new LivenessProbe(this::sockets, heads::hasBuffered);
        this.sending = new Sending(history, this::look, this::isShut, ticker);
        this.early = new EarlyAnswers(this);
        this.upload = new Upload(ticker, this.sending, this.early);
    }

    /** {@return what is to be seen of a connection in use that nobody reads from just now} */
    abstract Liveness look();

    /** {@return whether it was closed on this side, so that nothing can be bound to it any more} */
    abstract boolean isShut();

    @Override
    public void bind(Socket socket) throws IOException {
        bind(new GuardedSocketHolder(socket, this.sending, this.upload, this.ownDeadline, this::ended));
    }

    @Override
    public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
        bind(new GuardedSocketHolder(sslSocket, socket, this.sending, this.upload, this.ownDeadline, this::ended));
    }

    /** The peer ended what it sends, or the socket failed in reading. */
    private void ended() {
        this.unreadable = true;
    }

    public ConnectionHistory history() {
        return this.history;
    }

    public LivenessProbe probe() {
        return this.probe;
    }

    /** {@return whether the final response to the request is there, which may still be under way} */
    boolean isAnswered() {
        return this.upload.isAnswered();
    }

    /** {@return whether the peer has ended what it sends, or the socket failed in reading} */
    boolean isUnreadable() {
        return this.unreadable;
    }

    Sending sending() {
        return this.sending;
    }

    /**
     * Bounds the time until the first byte of the next request leaves, for a connection that is handed out: later the
     * server may have closed it. A request that comes too late is not sent on it.
     *
     * @param nanos on the scale of the ticker
     */
    public void mustBeSentBy(long nanos) {
        this.sending.mustBeginBy(nanos);
    }

    /**
     * A request begins.
     *
     * @param bodyReadOnce whether its body cannot be written a second time
     * @param call hears how far it gets, if it has a bound
     * @param writeLimit for the peer to take a byte of it
     */
    public void beginRequest(boolean bodyReadOnce, @Nullable CallDeadline call, WriteLimit writeLimit) {
        this.call = call;
        GuardedSocketHolder holder = sockets();
        GuardedSocket guarded = (holder != null) ? holder.guarded() : null;
        this.sending.begin(bodyReadOnce, (guarded != null) ? guarded.evidence() : null);
        this.upload.begin(writeLimit, (holder != null) ? holder.getBaseSocket() : null);
        this.early.clear();
    }

    /** {@return whether it is proven that no byte of the request left} */
    public boolean nothingSent() {
        return this.sending.nothingSent();
    }

    /** {@return whether the request was not begun, as the connection was not fit for it: any other may carry it} */
    public boolean hasRefused() {
        return this.sending.wasRefused();
    }

    /** {@return the time since the request began} */
    public Duration sinceRequest() {
        return this.sending.elapsed();
    }

    @Override
    public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
        endDeadline();
        if (!this.history.wasKept() && this.probe.speaksOutOfTurn()) {
            throw UnacceptableResponseException.outOfTurn();
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
     * Reads an interim or the final response. The read timeout bounds each of them as a whole; what bounds all of them
     * together is for peers that would keep the caller waiting.
     */
    @Override
    public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
        this.upload.end();
        ClassicHttpResponse came = this.early.poll();
        if (came != null) {
            return came;
        }
        enter(CallPhase.WAITING);
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
            this.upload.answered();
            endDeadline();
        } else {
            renewDeadline();
        }
        return response;
    }

    void enter(CallPhase phase) {
        CallDeadline bound = this.call;
        if (bound != null) {
            bound.enter(phase);
        }
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
            throw UnacceptableResponseException.malformed(ex);
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
        this.requestBody = new RequestBodyStream(content, length, !this.sending.isBodyReadOnce(), this.upload);
        return this.requestBody;
    }

    /** Bounds all reads from now on, taken together, until the next request or {@link #endDeadline}. */
    public void beginDeadline(Timeout limit) throws IOException {
        GuardedSocketHolder holder = sockets();
        if (holder != null) {
            holder.beginDeadline(limit);
        }
    }

    void endDeadline() throws IOException {
        GuardedSocketHolder holder = sockets();
        if (holder != null) {
            holder.endDeadline();
        }
    }

    @Override
    public void sendRequestEntity(ClassicHttpRequest request) throws HttpException, IOException {
        // After an interim response the clock runs, but the time of the upload is not the server's.
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
     * The server gave its final response instead of asking for the body. HttpCore ends an announced body in chunks without
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

    /** If the server stopped reading, but not without a response, that says more than the failure. */
    private void endEarly(IOException failure) throws IOException {
        // What follows a head that could not be read is no head, whatever it looks like.
        boolean unreadableAnswer = this.timedOut || failure instanceof UnacceptableResponseException;
        if (unreadableAnswer || !answeredEarly()) {
            throw failure;
        }
        this.cutShort = true;
    }

    private boolean answeredEarly() {
        try {
            if (!this.sending.hasFailed() || (this.history.wasKept() && nothingSent())) {
                // The body failed of itself; or what came on a kept connection came before the request left.
                return false;
            }
            // Not if somebody has closed it on this side: a thread that was interrupted, or gives the call up.
            GuardedSocketHolder holder = sockets();
            boolean open =
                    !isShut() && holder != null && !holder.getBaseSocket().isClosed();
            return this.upload.isAnswered() ? open : isDataAvailable(NO_WAIT);
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

    /** {@return whether it may be used again} Its last response may have been complete and yet the end of it. */
    @Override
    public boolean isConsistent() {
        return !this.cutShort && !this.heads.isOddlyFramed() && !this.unreadable && super.isConsistent();
    }

    /** {@return whether the socket failed or ended, as opposed to what was to be sent} */
    public boolean broken() {
        return this.sending.hasFailed() || this.unreadable;
    }

    /** {@return whether it failed while a request was written} */
    public boolean brokeInWriting() {
        return this.sending.hasFailed();
    }

    /** {@return whether no response came in time} */
    public boolean timedOut() {
        return this.timedOut;
    }

    /** {@return whether there was a final response on it} */
    boolean hasAnswered() {
        return this.answered;
    }

    /** HttpClient calls it before it gives the connection back: the next to use it has limits of its own. */
    @Override
    public void passivate() {
        this.call = null;
        try {
            endDeadline();
        } catch (IOException ex) {
            // The socket is closed, and the pool will see that.
            this.history.closing(CloseReason.ERROR);
        }
        super.passivate();
    }

    /** {@return the channel below, if there is one} */
    @Nullable
    SocketChannel channel() {
        GuardedSocketHolder holder = sockets();
        return (holder != null) ? holder.channel() : null;
    }

    @Nullable
    GuardedSocketHolder sockets() {
        return (GuardedSocketHolder) getSocketHolder();
    }
}

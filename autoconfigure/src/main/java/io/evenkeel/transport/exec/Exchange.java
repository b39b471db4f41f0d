// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.idle.IdleTimeoutLearner;
import io.evenkeel.policy.replay.ExchangeFacts;
import io.evenkeel.policy.replay.ExchangeFacts.Ending;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.deadline.WriteLimit;
import io.evenkeel.transport.pool.ReplayPlace;
import io.evenkeel.transport.socket.Liveness;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** One request and its response on one connection, and what is known of it. */
final class Exchange {

    /** A request that meets the end of its connection learns of it within a round trip. */
    private static final Duration LONGEST_WAY = Duration.ofSeconds(1);

    private final HttpClientConnection connection;
    private final EndpointDetails counters;
    private final @Nullable CallDeadline deadline;
    private final boolean kept;
    private final long receivedBefore;

    private Exchange(HttpClientConnection connection, EndpointDetails counters, @Nullable CallDeadline deadline) {
        this.connection = connection;
        this.counters = counters;
        this.deadline = deadline;
        // Not the count of requests: behind a proxy the first one on a new connection is CONNECT.
        this.kept = connection instanceof PooledConnection pooled
                && pooled.history().wasKept();
        this.receivedBefore = this.counters.getReceivedBytesCount();
    }

    /** @throws ConnectionClosedException if the connection was closed meanwhile, by whoever aborted the call */
    static Exchange begin(
            HttpClientConnection connection,
            @Nullable ReplayPlace place,
            @Nullable CallDeadline deadline,
            boolean tunnel,
            WriteLimit writeLimit)
            throws ConnectionClosedException {
        EndpointDetails counters = connection.getEndpointDetails();
        if (counters == null) {
            throw new ConnectionClosedException();
        }
        if (connection instanceof PooledConnection pooled) {
            pooled.beginRequest(
                    place != null && !place.request().bodyRepeatable(), tunnel ? null : deadline, writeLimit);
        }
        return new Exchange(connection, counters, deadline);
    }

    /**
     * {@return whether the connection may carry another request of the same call}
     *
     * @param careful whether that must not be sent twice: the caller may have thought about its response for as long as a
     *     server keeps idle connections
     */
    boolean mayFollow(boolean careful, boolean bound) {
        if (!(this.connection instanceof PooledConnection pooled) || !pooled.isOpen()) {
            return true;
        }
        if (!pooled.isConsistent()) {
            // The body of the request before is not at its end: the server would take this one for the rest.
            return false;
        }
        if (!bound && pooled.history().isOutdated()) {
            pooled.history().closing(CloseReason.RELOAD);
            return false;
        }
        if (careful && !bound && pooled.history().idleNanos() >= IdleTimeoutLearner.ALWAYS_PROVEN) {
            pooled.history().closing(CloseReason.IDLE);
            return false;
        }
        Liveness liveness = pooled.resume();
        if (liveness != Liveness.ALIVE) {
            pooled.history().closing(liveness.closeReason());
            return false;
        }
        return true;
    }

    /** {@return whether the connection had been used before, so that its peer may have closed it meanwhile} */
    boolean wasKept() {
        return this.kept;
    }

    /** {@return how long the connection had been idle before, or zero} */
    Duration idle() {
        return (this.connection instanceof PooledConnection pooled)
                ? Duration.ofNanos(pooled.history().idleAge().usedAt())
                : Duration.ZERO;
    }

    /** {@return the time since the exchange began} */
    Duration elapsed() {
        return (this.connection instanceof PooledConnection pooled) ? pooled.sinceRequest() : Duration.ZERO;
    }

    /** {@return what is known now that it failed} */
    ExchangeFacts facts(Throwable failure) {
        return facts(ending(failure));
    }

    ExchangeFacts facts(Ending ending) {
        boolean sent = !(this.connection instanceof PooledConnection pooled && pooled.nothingSent());
        boolean received = this.counters.getReceivedBytesCount() > this.receivedBefore;
        return new ExchangeFacts(this.kept, ending, sent, received);
    }

    private Ending ending(Throwable failure) {
        if (isLate()) {
            // It is the call that was not given more time: that says nothing of the server.
            return Ending.ABANDONED;
        }
        if (failure instanceof SocketTimeoutException) {
            return Ending.TIMED_OUT;
        }
        if (failure instanceof InterruptedIOException
                || failure instanceof ClosedByInterruptException
                || Thread.currentThread().isInterrupted()) {
            return Ending.ABANDONED;
        }
        if (failure instanceof SSLException) {
            return Ending.TLS;
        }
        if (failure instanceof HttpException) {
            return Ending.PROTOCOL;
        }
        if (!(failure instanceof IOException
                && this.connection instanceof PooledConnection pooled
                && pooled.broken())) {
            return Ending.LOCAL;
        }
        return pooled.history().wasClosedWithClient() ? Ending.ABANDONED : Ending.BROKEN;
    }

    /** {@return whether it is the connection that failed, and not code of the application that ran meanwhile} */
    boolean failedOfConnection() {
        return !(this.connection instanceof PooledConnection pooled) || pooled.broken() || pooled.timedOut();
    }

    /** {@return whether the connection failed while the request was written} */
    boolean brokeInWriting() {
        return this.connection instanceof PooledConnection pooled && pooled.brokeInWriting();
    }

    boolean closedWithClient() {
        return this.connection instanceof PooledConnection pooled
                && pooled.history().wasClosedWithClient();
    }

    /** {@return the read timeout that the connection has if the request says nothing, where the client does not know it} */
    @Nullable
    Timeout dialedTimeout() {
        return (this.connection instanceof PooledConnection pooled) ? pooled.dialedTimeout() : null;
    }

    /** {@return whether the server may have seen the request} */
    Sent sent() {
        boolean sent = !(this.connection instanceof PooledConnection pooled && pooled.nothingSent());
        boolean received = this.counters.getReceivedBytesCount() > this.receivedBefore;
        return received ? Sent.YES : sent ? Sent.MAYBE : Sent.NO;
    }

    /**
     * {@return whether this 408 is one by which a server says goodbye to a connection that was idle for too long} It comes
     * with the end of the connection.
     */
    boolean isGoodbye(ClassicHttpResponse response, boolean mayBeKept) {
        if (!(this.kept && this.connection instanceof PooledConnection pooled)) {
            return false;
        }
        HttpEntity body = response.getEntity();
        boolean atEnd = body == null || body.getContentLength() == 0;
        Liveness behind = (mayBeKept && atEnd) ? pooled.look() : Liveness.ALIVE;
        return !mayBeKept || behind == Liveness.EOF || behind == Liveness.RESET;
    }

    /** Tells the connection that its peer has closed it. */
    void closedByPeer() {
        if (this.connection instanceof PooledConnection pooled) {
            pooled.history().closing(CloseReason.EOF);
            pooled.history().brokeBeforeResponse();
        }
    }

    /** Tells the pool that the connection that it handed out was used. */
    void used() {
        if (this.connection instanceof PooledConnection pooled) {
            pooled.used();
        }
    }

    /** {@return whether the look found the connection unfit, so that nothing was sent and any other may carry it} */
    boolean wasRefused() {
        return this.connection instanceof PooledConnection pooled && pooled.hasRefused();
    }

    /** {@return whether that was since the peer had closed the connection} */
    boolean foundDead() {
        return wasRefused()
                && this.connection instanceof PooledConnection pooled
                && pooled.history().wasClosedByPeer();
    }

    /** Tells the connection why it is going to be closed. */
    void failed(Throwable failure) {
        if (this.connection instanceof PooledConnection pooled) {
            boolean timedOut = failure instanceof SocketTimeoutException || isLate();
            pooled.history().closing(timedOut ? CloseReason.TIMEOUT : CloseReason.ERROR);
            ExchangeFacts facts = facts(failure);
            // What broke long after it had the request broke of that.
            if (!wasRefused() && facts.connectionLost() && pooled.sinceRequest().compareTo(LONGEST_WAY) < 0) {
                pooled.history().brokeBeforeResponse();
            }
        }
    }

    private boolean isLate() {
        return this.deadline != null && this.deadline.isOver();
    }

    /** Another thread is about to take the connection away, as the time of the call is over. */
    void timesOut() {
        if (this.connection instanceof PooledConnection pooled) {
            pooled.history().closing(CloseReason.TIMEOUT);
        }
    }

    /** Bounds all reads from now on, taken together. */
    void readWithin(Duration limit) throws IOException {
        if (this.connection instanceof PooledConnection pooled) {
            pooled.beginDeadline(Timeout.of(limit));
        } else {
            this.connection.setSocketTimeout(Timeout.of(limit));
        }
    }
}

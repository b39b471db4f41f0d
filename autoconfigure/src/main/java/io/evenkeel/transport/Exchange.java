// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.ExchangeFacts;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** One request and its answer on one connection, and what is known of it. Kept in the context of the call. */
final class Exchange {

    private static final String ATTRIBUTE = Exchange.class.getName();

    private final HttpClientConnection connection;
    private final EndpointDetails counters;
    private final boolean reused;
    private final long receivedBefore;

    private Exchange(HttpClientConnection connection, EndpointDetails counters) {
        this.connection = connection;
        this.counters = counters;
        // Not the count of requests: behind a proxy the first one on a new connection is CONNECT.
        this.reused = connection instanceof PooledConnection pooled && pooled.wasKept();
        this.receivedBefore = this.counters.getReceivedBytesCount();
    }

    /** @throws ConnectionClosedException if the connection was closed meanwhile, by whoever aborted the call */
    static Exchange begin(HttpClientConnection connection, HttpContext context) throws ConnectionClosedException {
        EndpointDetails counters = connection.getEndpointDetails();
        if (counters == null) {
            throw new ConnectionClosedException();
        }
        Exchange exchange = new Exchange(connection, counters);
        context.setAttribute(ATTRIBUTE, exchange);
        return exchange;
    }

    static @Nullable Exchange current(HttpContext context) {
        return (Exchange) context.getAttribute(ATTRIBUTE);
    }

    static void forget(HttpContext context) {
        context.removeAttribute(ATTRIBUTE);
    }

    /** {@return whether the connection may carry another request of the same call} */
    boolean mayFollow() {
        if (!(this.connection instanceof PooledConnection pooled) || !pooled.isOpen()) {
            return true;
        }
        Liveness liveness = pooled.resume();
        if (liveness != Liveness.ALIVE) {
            pooled.closing(liveness.closeReason());
            return false;
        }
        return true;
    }

    ExchangeFacts facts(Throwable failure) {
        boolean received = this.counters.getReceivedBytesCount() > this.receivedBefore;
        boolean broken = this.connection instanceof PooledConnection pooled && pooled.broken();
        return new ExchangeFacts(this.reused, broken, received, failure instanceof SocketTimeoutException);
    }

    /** Tells the connection why it is going to be closed. */
    void failed(Throwable failure) {
        if (this.connection instanceof PooledConnection pooled) {
            pooled.closing(failure instanceof SocketTimeoutException ? CloseReason.TIMEOUT : CloseReason.ERROR);
            ExchangeFacts facts = facts(failure);
            if (facts.reused() && facts.broken() && !facts.received() && !facts.timedOut()) {
                pooled.brokeBeforeAnswer();
            }
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

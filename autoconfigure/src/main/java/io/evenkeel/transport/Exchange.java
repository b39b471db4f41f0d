// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.ExchangeFacts;
import java.net.SocketTimeoutException;
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

    private Exchange(HttpClientConnection connection) {
        this.connection = connection;
        this.counters = connection.getEndpointDetails();
        // Not the count of requests: behind a proxy the first one on a new connection is CONNECT.
        this.reused = connection instanceof PooledConnection pooled && pooled.wasKept();
        this.receivedBefore = this.counters.getReceivedBytesCount();
    }

    static Exchange begin(HttpClientConnection connection, HttpContext context) {
        Exchange exchange = new Exchange(connection);
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
        }
    }

    /** Bounds the reads from now on. */
    void readTimeout(Timeout timeout) {
        this.connection.setSocketTimeout(timeout);
    }

    Timeout readTimeout() {
        return this.connection.getSocketTimeout();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.EndpointInfo;
import org.apache.hc.client5.http.impl.ConnectionHolder;
import org.apache.hc.client5.http.impl.ConnectionShutdownException;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Identifiable;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection in the hands of one call, which may be several threads: one reads the response, another closes it. It ends
 * once. Whoever comes after that does nothing, where HttpClient's own endpoint would look its connection up, lose the
 * processor, and close it when it is another call's ({@code InternalExecRuntime.disconnectEndpoint}). Thread-safe.
 */
public final class LeasedEndpoint extends ConnectionEndpoint implements ConnectionHolder, Identifiable {

    private enum State {
        HELD,
        CLOSED,
        RETURNED
    }

    private final ConnectionEndpoint endpoint;
    private final Acquisition acquisition;
    private final AtomicReference<State> state = new AtomicReference<>(State.HELD);

    /**
     * @param endpoint HttpClient's, which connection managers of HttpClient insist on
     * @param acquisition what it was got by
     */
    public LeasedEndpoint(ConnectionEndpoint endpoint, Acquisition acquisition) {
        this.endpoint = endpoint;
        this.acquisition = acquisition;
    }

    public ConnectionEndpoint endpoint() {
        return this.endpoint;
    }

    public Acquisition acquisition() {
        return this.acquisition;
    }

    /**
     * Ends the use of the connection.
     *
     * @return whether it is the caller's now to give back to the pool; only one is told so
     */
    public boolean giveBack() {
        State before = this.state.getAndSet(State.RETURNED);
        if (before == State.CLOSED) {
            // Another thread is about to close it, and must not find out later whose it is by then.
            end(CloseMode.IMMEDIATE);
        }
        return before != State.RETURNED;
    }

    @Override
    public void close(CloseMode closeMode) {
        if (mayClose()) {
            end(closeMode);
        }
    }

    @Override
    public void close() {
        close(CloseMode.GRACEFUL);
    }

    private void end(CloseMode closeMode) {
        HttpConnection connection = get();
        try {
            this.endpoint.close(closeMode);
        } finally {
            Evictions.abandon(connection);
        }
    }

    private boolean mayClose() {
        return this.state.compareAndSet(State.HELD, State.CLOSED) || this.state.get() == State.CLOSED;
    }

    @Override
    @SuppressWarnings("deprecation")
    public ClassicHttpResponse execute(
            String id,
            ClassicHttpRequest request,
            org.apache.hc.core5.http.impl.io.HttpRequestExecutor executor,
            HttpContext context)
            throws IOException, HttpException {
        takeToken(context);
        return this.endpoint.execute(id, request, executor, context);
    }

    @Override
    public ClassicHttpResponse execute(
            String id, ClassicHttpRequest request, RequestExecutor executor, HttpContext context)
            throws IOException, HttpException {
        takeToken(context);
        return this.endpoint.execute(id, request, executor, context);
    }

    /** The token has been with the pool; from here on it is what ties the connection to a user, if anything does. */
    private static void takeToken(HttpContext context) {
        HttpClientContext ofCall = HttpClientContext.cast(context);
        if (ofCall.getUserToken() instanceof ReplayPlace) {
            ofCall.setUserToken(null);
        }
    }

    @Override
    public boolean isConnected() {
        try {
            return this.state.get() != State.RETURNED && this.endpoint.isConnected();
        } catch (ConnectionShutdownException ex) {
            // Given back between the two questions.
            return false;
        }
    }

    @Override
    public void setSocketTimeout(Timeout timeout) {
        this.endpoint.setSocketTimeout(timeout);
    }

    @Override
    public EndpointInfo getInfo() {
        return this.endpoint.getInfo();
    }

    @Override
    public @Nullable HttpConnection get() {
        return (this.endpoint instanceof ConnectionHolder holder) ? holder.get() : null;
    }

    @Override
    public String getId() {
        return (this.endpoint instanceof Identifiable identified) ? identified.getId() : this.endpoint.toString();
    }
}

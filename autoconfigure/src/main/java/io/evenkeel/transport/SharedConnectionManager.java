// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.event.CallPhase;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.dial.Dialing;
import io.evenkeel.transport.dial.FilteringDnsResolver;
import io.evenkeel.transport.dial.Lookups;
import io.evenkeel.transport.pool.Acquisition;
import io.evenkeel.transport.pool.ConnectionPool;
import io.evenkeel.transport.pool.LeasedEndpoint;
import io.evenkeel.transport.pool.PoolAdapter;
import io.evenkeel.transport.pool.ReplayPlace;
import io.evenkeel.transport.spec.TlsGeneration;
import io.evenkeel.transport.support.Origins;
import java.io.IOException;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.ConnectionHolder;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One client's way into a pool that it shares with others. Timeouts are its own; connections are the pool's.
 *
 * <p>HttpClient closes its connection manager on any {@code Error} of a call ({@code MainClientExec}, HTTPCLIENT-1924),
 * and with the client. Neither may end the pool, so closing does nothing here: the owner of the pool closes the pool.
 */
final class SharedConnectionManager extends PoolingHttpClientConnectionManager {

    /** HttpCore 5.4.4 raised its default to 32 KiB: 101 KB a connection, measured, where 26 KB do. */
    private static final Http1Config HTTP1 =
            Http1Config.custom().setBufferSize(8 * 1024).build();

    private static final AtomicLong IDS = new AtomicLong();

    private final ConnectionPool pool;
    private final @Nullable PoolingHttpClientConnectionManager dialer;
    private final @Nullable AddressCheck addressCheck;

    /**
     * @param operator dials
     * @param pool keeps
     * @param dialer dials in place of the operator, if a user has customized it
     * @param addressCheck asked before a connection is opened, if the operator's resolver filters addresses
     * @param responseLimits how large the heads of responses may be
     * @param tls asked before a connection is opened
     * @param random evenly spread over [0, 1)
     */
    SharedConnectionManager(
            HttpClientConnectionOperator operator,
            ConnectionPool pool,
            @Nullable PoolingHttpClientConnectionManager dialer,
            @Nullable AddressCheck addressCheck,
            ResponseLimits responseLimits,
            Supplier<@Nullable TlsGeneration> tls,
            DoubleSupplier random) {
        super(operator, new PoolAdapter(pool), socket -> newConnection(pool, responseLimits, tls.get(), random));
        this.pool = pool;
        this.dialer = dialer;
        this.addressCheck = addressCheck;
    }

    private static PooledConnection newConnection(
            ConnectionPool pool, ResponseLimits limits, @Nullable TlsGeneration tls, DoubleSupplier random) {
        long lifetime = pool.limits().maxLifetime().toNanos();
        // Connections that were opened together must not all end together.
        long spread = (long) (lifetime * (random.getAsDouble() - 0.5) / 5);
        Ticker ticker = pool.ticker();
        return new PooledConnection(
                "evenkeel-" + IDS.incrementAndGet(),
                HTTP1,
                limits,
                ticker,
                new ConnectionHistory(ticker, lifetime + spread, tls));
    }

    /** Sets the timeouts of this client. The pool looks at connections itself, so HttpClient need not. */
    void timeouts(@Nullable Duration connect, @Nullable Duration read) {
        ConnectionConfig.Builder config =
                ConnectionConfig.custom().setValidateAfterInactivity(TimeValue.NEG_ONE_MILLISECOND);
        if (connect != null) {
            config.setConnectTimeout(Timeout.of(connect));
        }
        if (read != null) {
            config.setSocketTimeout((int) Math.min(read.toMillis(), Integer.MAX_VALUE), TimeUnit.MILLISECONDS);
        }
        setDefaultConnectionConfig(config.build());
    }

    /** Leases a connection. Whatever is thrown on the way, the place that was taken is given back. */
    @Override
    public LeaseRequest lease(String id, HttpRoute route, Timeout requestTimeout, @Nullable Object state) {
        Acquisition acquisition =
                new Acquisition(this.pool, route, (state instanceof ReplayPlace place) ? place : null);
        LeaseRequest request = super.lease(id, route, requestTimeout, acquisition);
        return new LeaseRequest() {

            @Override
            public ConnectionEndpoint get(Timeout timeout)
                    throws InterruptedException, ExecutionException, TimeoutException {
                boolean leased = false;
                try {
                    ConnectionEndpoint endpoint = new LeasedEndpoint(request.get(timeout), acquisition);
                    leased = true;
                    return endpoint;
                } finally {
                    if (!leased) {
                        acquisition.giveUp();
                    }
                }
            }

            @Override
            public boolean cancel() {
                return request.cancel();
            }
        };
    }

    @Override
    public void release(ConnectionEndpoint endpoint, @Nullable Object state, @Nullable TimeValue keepAlive) {
        LeasedEndpoint leased = (LeasedEndpoint) endpoint;
        boolean released = false;
        try {
            if (leased.giveBack()) {
                super.release(leased.endpoint(), state, keepAlive);
            }
            released = true;
        } finally {
            if (!released) {
                leased.acquisition().giveUp();
            }
            // Until here nobody may conclude that the connection was dropped.
            Reference.reachabilityFence(leased);
        }
    }

    @Override
    public void connect(ConnectionEndpoint leased, @Nullable TimeValue timeout, HttpContext context)
            throws IOException {
        ConnectionEndpoint endpoint = ((LeasedEndpoint) leased).endpoint();
        HttpRoute route = (HttpRoute) HttpClientContext.cast(context).getHttpRoute();
        this.pool.requireOpen(Origins.of(route));
        CallDeadline.enter(context, CallPhase.CONNECTING);
        Dialing dialing = Dialing.begin(this.pool, route, context);
        try {
            if (this.addressCheck != null) {
                this.addressCheck.check(route, context);
            }
            if (this.dialer != null) {
                this.dialer.connect(endpoint, timeout, context);
                // The read timeout is known to the manager that dials, but connections are handed out by this one.
                if (connection(endpoint) instanceof PooledConnection connection) {
                    connection.rememberTimeout();
                }
            } else {
                super.connect(endpoint, timeout, context);
            }
            if (!leased.isConnected()) {
                // Cancelled meanwhile. HttpClient takes the connection from the endpoint before it takes the endpoint
                // away, and in between opens another one, which nobody would ever close.
                dialing.abandon();
                throw new RequestFailedException("Request aborted");
            }
        } catch (FilteringDnsResolver.AddressRefusedException ex) {
            dialing.failed(ex, context);
            throw (this.addressCheck != null) ? this.addressCheck.refused(ex, route) : ex;
        } catch (Lookups.StuckException ex) {
            dialing.failed(ex, context);
            throw stuck(ex, route);
        } catch (IOException | RuntimeException ex) {
            dialing.failed(ex, context);
            throw ex;
        }
        if (!route.isTunnelled()) {
            dialing.succeeded(context);
        }
    }

    private CallRejectedException stuck(Lookups.StuckException stuck, HttpRoute route) {
        String message = "Client '%s' did not call %s: %s. See the name servers of this machine."
                .formatted(this.pool.client(), Origins.of(route), stuck.getMessage());
        return new CallRejectedException(
                message,
                this.pool.client(),
                Origins.of(route),
                CallRejectedException.Reason.LOOKUPS_STUCK,
                Duration.ZERO);
    }

    @Override
    public void upgrade(ConnectionEndpoint leased, HttpContext context) throws IOException {
        ConnectionEndpoint endpoint = ((LeasedEndpoint) leased).endpoint();
        Dialing dialing = Dialing.current(context);
        try {
            if (this.dialer != null) {
                this.dialer.upgrade(endpoint, context);
            } else {
                super.upgrade(endpoint, context);
            }
        } catch (IOException | RuntimeException ex) {
            if (dialing != null) {
                dialing.failed(ex, context);
            }
            throw ex;
        }
        if (dialing != null) {
            dialing.succeeded(context);
        }
    }

    private static @Nullable HttpConnection connection(ConnectionEndpoint endpoint) {
        return (endpoint instanceof ConnectionHolder holder) ? holder.get() : null;
    }

    @Override
    public void close() {}

    @Override
    public void close(CloseMode closeMode) {}
}

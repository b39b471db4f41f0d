// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.ManagedConnPool;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Shows a pool to HttpClient in the shape that it knows. It does not own the pool, so it cannot close it. */
public final class PoolAdapter implements ManagedConnPool<HttpRoute, ManagedHttpClientConnection> {

    private final ConnectionPool pool;

    public PoolAdapter(ConnectionPool pool) {
        this.pool = pool;
    }

    /**
     * Asks for a connection.
     *
     * @param route where to
     * @param state the {@link Acquisition}, which says all that there is to say
     * @param timeout not used: {@code get} is told again
     * @param callback never given by HttpClient's classic connection manager
     */
    @Override
    public Future<PoolEntry<HttpRoute, ManagedHttpClientConnection>> lease(
            HttpRoute route,
            @Nullable Object state,
            @Nullable Timeout timeout,
            @Nullable FutureCallback<PoolEntry<HttpRoute, ManagedHttpClientConnection>> callback) {
        return (Acquisition) Objects.requireNonNull(state);
    }

    @Override
    public void release(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, boolean reusable) {
        this.pool.release(entry, reusable && hasAnswered(entry));
    }

    /**
     * A cancellation may give back a connection that another thread is opening just now: it is open, and may be in the
     * middle of its TLS handshake.
     */
    private static boolean hasAnswered(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        ManagedHttpClientConnection connection = entry.getConnection();
        EndpointDetails details = (connection != null) ? connection.getEndpointDetails() : null;
        return details != null && details.getResponseCount() > 0;
    }

    @Override
    public void closeIdle(TimeValue idleTime) {
        this.pool.closeIdle(idleTime.toNanoseconds());
    }

    @Override
    public void closeExpired() {
        this.pool.closeDue();
    }

    @Override
    public Set<HttpRoute> getRoutes() {
        return this.pool.stats().keySet();
    }

    @Override
    public PoolStats getTotalStats() {
        int leased = 0;
        int pending = 0;
        int available = 0;
        for (PoolStats stats : this.pool.stats().values()) {
            leased += stats.getLeased();
            pending += stats.getPending();
            available += stats.getAvailable();
        }
        return new PoolStats(leased, pending, available, getMaxTotal());
    }

    @Override
    public PoolStats getStats(HttpRoute route) {
        return this.pool.stats().getOrDefault(route, new PoolStats(0, 0, 0, getMaxPerRoute(route)));
    }

    /** {@return no limit: only routes have one} */
    @Override
    public int getMaxTotal() {
        return Integer.MAX_VALUE;
    }

    @Override
    public int getDefaultMaxPerRoute() {
        return this.pool.limits().maxPerRoute();
    }

    @Override
    public int getMaxPerRoute(HttpRoute route) {
        return this.pool.limits().maxPerRoute();
    }

    @Override
    public void setMaxTotal(int max) {
        throw fixed();
    }

    @Override
    public void setDefaultMaxPerRoute(int max) {
        throw fixed();
    }

    @Override
    public void setMaxPerRoute(HttpRoute route, int max) {
        throw fixed();
    }

    private static UnsupportedOperationException fixed() {
        return new UnsupportedOperationException(
                "The limits of a pool are set by the properties pool.max-size and pool.max-overflow of its client");
    }

    @Override
    public void close() {}

    @Override
    public void close(CloseMode closeMode) {}
}

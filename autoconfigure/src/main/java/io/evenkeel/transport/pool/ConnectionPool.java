// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.socket.Liveness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.DisposalCallback;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.PoolStats;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps connections for reuse and bounds how many are open. Kept is not running: of the idle connections of a route the
 * freshest {@code max-size} stay, the others only until they have lingered; as many more may be open as
 * {@code max-overflow} allows, and only beyond that does a caller wait, in line.
 *
 * <p>One lock guards everything, and nothing under it takes more than a few map operations: connections are looked at,
 * closed and reported after it was released. What makes the lock cheap is that no operation walks the connections of
 * other routes. Thread-safe.
 */
public final class ConnectionPool implements Lender, Housekept {

    private static final Logger log = LoggerFactory.getLogger(ConnectionPool.class);

    private final String client;
    private final PoolState state;
    private final PoolErrors errors;
    private final PoolEvents events;
    private final ConnectionListener listener;
    private final LeakDetector leaks;
    private final Acquirer acquirer;
    private final Releaser releaser;

    public ConnectionPool(
            String client,
            String keyPrefix,
            PoolLimits limits,
            Ticker ticker,
            ConnectionListener listener,
            Housekeeper housekeeper,
            LeakDetector leaks) {
        this.client = client;
        this.state = new PoolState(limits, ticker, this::disposal);
        this.errors = new PoolErrors(client, keyPrefix, limits.maxPerRoute());
        this.events = new PoolEvents(client, keyPrefix, listener);
        this.listener = listener;
        this.leaks = leaks;
        this.releaser = new Releaser(this.state, this.events, leaks, dueAt -> housekeeper.wakeBy(this, dueAt));
        this.acquirer = new Acquirer(this.state, this.errors, this.events, this.releaser);
    }

    private DisposalCallback<ManagedHttpClientConnection> disposal(HttpRoute route, String origin) {
        return (connection, mode) -> this.releaser.dispose(route, origin, connection, mode);
    }

    @Override
    public String client() {
        return this.client;
    }

    public PoolLimits limits() {
        return this.state.limits;
    }

    public ConnectionListener listener() {
        return this.listener;
    }

    public Ticker ticker() {
        return this.state.ticker;
    }

    // --- lending ----------------------------------------------------------------------------------------------------

    @Override
    public Lease watch(Object holder, HttpRoute route, @Nullable ReplayPlace place) {
        return this.leaks.watch(holder, this, route, place);
    }

    @Override
    public PoolEntry<HttpRoute, ManagedHttpClientConnection> acquire(Lease lease, long timeoutNanos)
            throws InterruptedException, EvenkeelException {
        return this.acquirer.acquire(lease, timeoutNanos).entry;
    }

    @Override
    public <T> T locked(Supplier<T> action) {
        return this.state.locked(action);
    }

    @Override
    public void reused(Lease lease, long idleNanos) {
        this.events.reused(lease, idleNanos);
    }

    @Override
    public boolean giveUp(Lease lease, CloseReason reason) {
        return this.releaser.giveUp(lease, reason);
    }

    /** {@link Releaser#release} */
    public void release(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, boolean reusable) {
        this.releaser.release(entry, reusable);
    }

    /** {@link Releaser#endReplay} */
    public void endReplay(ReplayPlace place, HttpRoute route) {
        this.releaser.endReplay(place, route);
    }

    // --- housekeeping -----------------------------------------------------------------------------------------------

    @Override
    public long sweep(long now, long watchAfterNanos, List<PooledConnection> unwatched) {
        Evictions evictions = this.state.begin();
        try {
            long next = this.state.walk(routePool -> {
                evictions.addOverdue(routePool);
                return this.state.idle.sweep(routePool, now, watchAfterNanos, unwatched, evictions);
            });
            evictions.complete();
            return next;
        } finally {
            evictions.unlock();
        }
    }

    @Override
    public void evict(Map<PooledConnection, Liveness> dead, long now) {
        evictIf((connection, routePool) -> {
            Liveness liveness = dead.get(connection);
            if (liveness == null) {
                return null;
            }
            connection.history().closing(liveness.closeReason());
            routePool.history.learnFromDead(connection.history(), now);
            return liveness.closeReason();
        });
    }

    private void evictIf(BiFunction<PooledConnection, RoutePool, @Nullable CloseReason> rule) {
        Evictions evictions = this.state.begin();
        try {
            this.state.idle.evictIf(rule, evictions);
            evictions.complete();
        } finally {
            evictions.unlock();
        }
    }

    /** Closes what is due, now instead of at the next look of the housekeeper. */
    void closeDue() {
        sweep(this.state.ticker.nanoTime(), Long.MAX_VALUE, new ArrayList<>());
    }

    /** Closes what has been idle for so long. */
    public void closeIdle(long idleNanos) {
        long now = this.state.ticker.nanoTime();
        evictIf((connection, routePool) ->
                (connection.history().idleAge().least(now) >= idleNanos) ? CloseReason.IDLE : null);
    }

    /** Closes what must not be used again because of a reload; canaries, too. */
    public void closeOutdated() {
        evictIf((connection, routePool) -> connection.history().isOutdated() ? CloseReason.RELOAD : null);
    }

    @Override
    public boolean hasIdle() {
        return this.state.locked(() -> !this.state.idle.isEmpty());
    }

    // --- closing ----------------------------------------------------------------------------------------------------

    /**
     * Closes what is idle, turns away who waits, and lets no one in. What is in use is closed at once.
     *
     * @return how many connections were in use
     */
    public int close() {
        this.state.lock();
        try {
            this.state.closed = true;
        } finally {
            this.state.unlock();
        }
        evictIf((connection, routePool) -> CloseReason.SHUTDOWN);
        return abortCalls();
    }

    /**
     * Turns away who waits, and closes what is in use. Later calls are served, as long as the pool is not closed.
     *
     * @return how many connections were in use
     */
    public int abortCalls() {
        List<PoolEntry<HttpRoute, ManagedHttpClientConnection>> inUse = new ArrayList<>();
        this.state.lock();
        try {
            this.state.walk(routePool -> {
                inUse.addAll(routePool.leased.keySet());
                routePool.waiting.forEach(lease -> lease.refuse(this.errors.closed(routePool.origin)));
                routePool.waiting.clear();
                return 0;
            });
        } finally {
            this.state.unlock();
        }
        for (PoolEntry<HttpRoute, ManagedHttpClientConnection> entry : inUse) {
            // Its entry is left to the thread that holds it: it finds the connection closed and gives it back.
            if (entry.getConnection() instanceof PooledConnection connection) {
                abort(connection);
            }
        }
        return inUse.size();
    }

    private static void abort(PooledConnection connection) {
        try {
            connection.history().closing(CloseReason.SHUTDOWN);
            connection.close(CloseMode.IMMEDIATE);
        } catch (RuntimeException ex) {
            log.warn("A connection could not be closed in good order", ex);
        }
    }

    /**
     * Asked before a connection is opened: one that is opened after the pool was closed is not known to be closed by it.
     */
    public void requireOpen(String origin) throws EvenkeelException {
        if (this.state.locked(() -> this.state.closed)) {
            throw this.errors.closed(origin);
        }
    }

    /** {@return what a connection to the route usually takes, TLS included; zero if nobody has seen it} */
    public Duration usualConnect(HttpRoute route) {
        long connect = this.state.locked(() -> {
            RoutePool routePool = this.state.get(route);
            return (routePool != null) ? routePool.learner().usualConnect() : 0;
        });
        // TLS 1.3 takes one round trip more.
        return Duration.ofNanos(route.isSecure() ? 2 * connect : connect);
    }

    public PoolSnapshot snapshot() {
        return this.state.locked(() -> new PoolSnapshot(
                this.client, this.state.limits.maxSize(), this.state.limits.maxPerRoute(), this.state.snapshots()));
    }

    /** {@return the state of every route, in HttpClient's terms} */
    public Map<HttpRoute, PoolStats> stats() {
        return this.state.locked(this.state::stats);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.error.AcquireTimeoutException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.IdleTimeoutLearner;
import io.evenkeel.policy.KeptConnectionsAdvice;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.Deadline;
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
final class ConnectionPool {

    private static final Logger log = LoggerFactory.getLogger(ConnectionPool.class);

    /** How long a caller in line relies on being told. */
    private static final long LONGEST_NAP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String client;
    private final PoolErrors errors;
    private final PoolLimits limits;
    private final Ticker ticker;
    private final ConnectionListener listener;
    private final Housekeeper housekeeper;
    private final LeakDetector leaks;
    private final PoolLog decisions;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<HttpRoute, RoutePool> routes = new HashMap<>();
    private final RouteMemory.All memories;
    private final IdleConnections idle;

    private boolean closed;

    ConnectionPool(
            String client,
            String keyPrefix,
            PoolLimits limits,
            Ticker ticker,
            ConnectionListener listener,
            Housekeeper housekeeper,
            LeakDetector leaks) {
        this.client = client;
        this.errors = new PoolErrors(client, keyPrefix, limits.maxPerRoute());
        this.limits = limits;
        this.memories = new RouteMemory.All(limits);
        this.idle = new IdleConnections(limits);
        this.ticker = ticker;
        this.listener = listener;
        this.housekeeper = housekeeper;
        this.leaks = leaks;
        this.decisions = new PoolLog(client, keyPrefix);
    }

    String client() {
        return this.client;
    }

    PoolLimits limits() {
        return this.limits;
    }

    ConnectionListener listener() {
        return this.listener;
    }

    Ticker ticker() {
        return this.ticker;
    }

    /** Watches what an acquisition gets from here, so that it cannot get lost. */
    Lease watch(Acquisition acquisition) {
        return this.leaks.watch(acquisition, this);
    }

    // --- acquiring --------------------------------------------------------------------------------------------------

    /**
     * Hands out the freshest idle connection that is alive and that the request may ride, or the right to open one.
     *
     * @param acquisition whose
     * @param timeoutNanos longest wait, 0 for any
     * @return an entry with a connection that was just seen alive, or without one
     * @throws InterruptedException if the caller was interrupted while it waited
     * @throws EvenkeelException if the wait was in vain
     */
    PoolEntry<HttpRoute, ManagedHttpClientConnection> acquire(Acquisition acquisition, long timeoutNanos)
            throws InterruptedException, EvenkeelException {
        boolean acquired = false;
        try {
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = acquireAndReport(acquisition, timeoutNanos);
            acquired = true;
            return entry;
        } finally {
            if (!acquired) {
                giveUp(acquisition.lease(), CloseReason.ERROR);
            }
        }
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> acquireAndReport(
            Acquisition acquisition, long timeoutNanos) throws InterruptedException, EvenkeelException {
        long start = this.ticker.nanoTime();
        ReplayPlace place = acquisition.place();
        Duration before = (place != null) ? place.takeWaited() : Duration.ZERO;
        AcquireResult result = AcquireResult.CANCELLED;
        try {
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = take(acquisition, start, timeoutNanos);
            boolean skipped = place != null && place.takeDeadSkipped();
            while (entry.hasConnection() && !isFit(entry)) {
                skipped |= connection(entry).wasClosedByPeer();
                entry = exchange(entry, acquisition);
            }
            acquisition.lease().waited(before.plusNanos(this.ticker.nanoTime() - start), skipped);
            result = entry.hasConnection() ? AcquireResult.REUSED : AcquireResult.OPENED;
            if (entry.hasConnection()) {
                connection(entry).leasedFor(acquisition.lease());
            } else {
                opened(acquisition);
            }
            return entry;
        } catch (AcquireTimeoutException ex) {
            result = AcquireResult.TIMEOUT;
            throw ex;
        } finally {
            // Whether a kept connection is used shows when it is looked at.
            if (result != AcquireResult.REUSED) {
                Duration waited = before.plusNanos(this.ticker.nanoTime() - start);
                this.listener.acquired(this.client, acquisition.origin(), result, waited);
            }
        }
    }

    private void opened(Acquisition acquisition) {
        String origin = acquisition.origin();
        if (acquisition.lease().hasSkippedDead()) {
            this.decisions.opened(origin, PoolLog.DEAD_ONE_SKIPPED);
            this.listener.avoided(this.client, origin, FailureAvoided.DEAD_CONNECTION_SKIPPED);
        } else {
            this.decisions.opened(origin, acquisition.hasPassedBy() ? PoolLog.TOO_OLD : PoolLog.NONE_IDLE);
        }
    }

    /** A kept connection that was handed out is used, or was given back without that. */
    void reused(Lease lease, PooledConnection connection) {
        String origin = connection.origin(lease.route());
        this.decisions.reused(origin, connection.idleAge().usedAt());
        this.listener.acquired(this.client, origin, AcquireResult.REUSED, lease.waited());
        if (lease.hasSkippedDead()) {
            this.listener.avoided(this.client, origin, FailureAvoided.DEAD_CONNECTION_SKIPPED);
        }
    }

    /** Its successor is told of in place of a connection that the look found unfit. */
    private void unused(PooledConnection connection) {
        Lease lease = connection.takeUnreported();
        if (lease == null) {
            return;
        }
        ReplayPlace place = lease.place();
        if (!connection.hasRefused()) {
            reused(lease, connection);
        } else if (place != null) {
            place.carryOver(lease);
        }
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> take(Acquisition acquisition, long now, long timeoutNanos)
            throws InterruptedException, EvenkeelException {
        Closing closing = new Closing(this.ticker);
        KeptConnectionsAdvice.Advice advice = null;
        this.lock.lock();
        try {
            if (acquisition.cancelledLocked()) {
                throw new CancellationException("The call was cancelled");
            }
            if (this.closed) {
                throw this.errors.closed(acquisition.origin());
            }
            RoutePool routePool = this.routes.computeIfAbsent(acquisition.route(), this::newRoutePool);
            acquisition.originLocked(routePool.origin());
            ReplayPlace place = acquisition.place();
            boolean placeKept = place != null && place.spend();
            if (placeKept) {
                routePool.reserved--;
            } else {
                closing.addOverdue(routePool);
            }
            boolean fresh = placeKept && place != null && place.isReplaying();
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry =
                    fresh ? null : this.idle.poll(routePool, acquisition, now, closing);
            if (entry == null) {
                acquisition.passedByLocked(!routePool.idle.isEmpty());
                entry = (placeKept || makePlace(routePool, closing))
                        ? newLease(routePool, acquisition, now)
                        : await(acquisition, routePool, timeoutNanos);
            }
            acquisition.completeLocked();
            if (placeKept) {
                // With a kept connection comes a place of its own.
                grantPlace(routePool, now);
            }
            if (!placeKept || fresh) {
                advice = routePool.memory().advice().acquired(now);
            }
            closing.complete();
            return entry;
        } finally {
            unlock(closing);
            this.decisions.advise(acquisition.origin(), advice);
        }
    }

    private static PoolEntry<HttpRoute, ManagedHttpClientConnection> newLease(
            RoutePool routePool, Acquisition acquisition, long now) {
        PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = routePool.newEntry();
        routePool.lease(entry, acquisition.lease(), now);
        return entry;
    }

    /**
     * Finds a place for a new connection: at the cap, that of a connection which the request may not ride. The scout counts
     * only here, so that a server never sees more connections than it may.
     */
    private boolean makePlace(RoutePool routePool, Closing closing) {
        if (routePool.scout != null && routePool.open() + 1 >= this.limits.maxPerRoute()) {
            this.idle.condemnScout(routePool, CloseReason.SURPLUS, closing);
        }
        if (closing.takePlace(routePool) || hasPlace(routePool)) {
            return true;
        }
        this.idle.condemnOldest(routePool, closing);
        return closing.takePlace(routePool);
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> await(
            Acquisition acquisition, RoutePool routePool, long timeoutNanos)
            throws InterruptedException, EvenkeelException {
        Waiter waiter = new Waiter(this.lock.newCondition(), acquisition.lease());
        acquisition.waitAs(waiter);
        routePool.waiters.addLast(waiter);
        long remaining = (timeoutNanos > 0) ? timeoutNanos : Long.MAX_VALUE;
        try {
            while (!waiter.isAnswered()) {
                if (remaining <= 0) {
                    throw this.errors.acquireTimeout(routePool, this.ticker.nanoTime(), Duration.ofNanos(timeoutNanos));
                }
                long nap = Math.min(remaining, LONGEST_NAP_NANOS);
                remaining -= nap - waiter.await(nap);
                // Whoever freed a place may not have come as far as to say so, if memory or stack were short.
                grantPlace(routePool, this.ticker.nanoTime());
            }
        } catch (InterruptedException ex) {
            if (waiter.granted() == null) {
                throw ex;
            }
            // The connection came first: it is this caller's now, and the flag ends whatever it does next.
            Thread.currentThread().interrupt();
        } finally {
            if (waiter.granted() == null) {
                routePool.waiters.remove(waiter);
                forgetIfEmpty(routePool);
            }
        }
        PoolEntry<HttpRoute, ManagedHttpClientConnection> granted = waiter.granted();
        if (granted != null) {
            return granted;
        }
        EvenkeelException refusal = waiter.refusal();
        if (refusal != null) {
            throw refusal;
        }
        throw new CancellationException("The call was cancelled while it waited for a connection");
    }

    /** Asks what is known of a kept connection without a look, which comes before the first byte of the request. */
    private boolean isFit(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        PooledConnection connection = connection(entry);
        if (connection.isOutdated()) {
            connection.closing(CloseReason.RELOAD);
            return false;
        }
        Liveness liveness = connection.resume();
        if (liveness == Liveness.ALIVE) {
            return true;
        }
        connection.closing(liveness.closeReason());
        return false;
    }

    /** Closes a connection that turned out to be unfit; its place goes to the next idle one, or to a new one. */
    private PoolEntry<HttpRoute, ManagedHttpClientConnection> exchange(
            PoolEntry<HttpRoute, ManagedHttpClientConnection> unfit, Acquisition acquisition) {
        Closing closing = new Closing(this.ticker);
        this.lock.lock();
        try {
            RoutePool routePool = routePool(acquisition.route());
            PooledConnection connection = connection(unfit);
            closing.add(routePool, unfit, connection.closeReason());
            routePool.leased.remove(unfit);
            long now = this.ticker.nanoTime();
            learnFromDead(routePool, connection, now);
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry =
                    this.idle.poll(routePool, acquisition, now, closing);
            if (entry == null) {
                closing.takePlace(routePool);
                entry = newLease(routePool, acquisition, now);
            }
            closing.complete();
            return entry;
        } finally {
            unlock(closing);
        }
    }

    boolean cancel(Acquisition acquisition) {
        return locked(acquisition::cancelLocked);
    }

    <T> T locked(Supplier<T> action) {
        this.lock.lock();
        try {
            return action.get();
        } finally {
            this.lock.unlock();
        }
    }

    /** Ends an operation. What was condemned must not be found again, however far the operation got. */
    private void unlock(Closing closing) {
        try {
            if (!closing.isComplete()) {
                closing.forEach(entry -> {
                    RoutePool routePool = this.routes.get(entry.getRoute());
                    if (routePool != null) {
                        this.idle.forget(routePool, entry);
                    }
                });
            }
        } finally {
            this.lock.unlock();
            closing.run(this);
        }
    }

    // --- releasing --------------------------------------------------------------------------------------------------

    /**
     * Takes a connection back: to the first caller in line, to the idle ones, or out of the world.
     *
     * @param entry what was handed out
     * @param reusable whether HttpClient allows it to be used again
     */
    void release(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, boolean reusable) {
        PooledConnection connection = (entry.getConnection() instanceof PooledConnection present) ? present : null;
        long now = this.ticker.nanoTime();
        boolean keep = false;
        boolean reused = connection != null && connection.idleAge().hasAnswered();
        if (connection != null) {
            unused(connection);
        }
        try {
            // State is what HttpClient's user token handler found: the connection belongs to somebody.
            if (reusable && connection != null && entry.getState() == null && this.limits.maxSize() > 0) {
                if (connection.isBeingRead()) {
                    // By a thread of whoever gave it back. Idle, it would hold up all that care for idle connections.
                    connection.closing(CloseReason.ERROR);
                    return;
                }
                connection.park();
                long hint = hint(entry);
                connection.idleAge().begin(now, hint);
                keep = hint != 0 && !connection.pastLifetime(now) && !leftover(connection);
            }
        } finally {
            // Whatever that look led to, the lease ends.
            release(entry, connection, now, keep, reused);
        }
    }

    /**
     * Ends a lease. The connection is where it is to be before it leaves the lease: whatever is thrown in between, it is
     * still leased, and given up as such.
     */
    private void release(
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry,
            @Nullable PooledConnection connection,
            long now,
            boolean reusable,
            boolean answered) {
        Closing closing = new Closing(this.ticker);
        Duration changedBound = null;
        String origin;
        boolean idle = false;
        long dueAt = 0;
        long bound = 0;
        Lease lease;
        this.lock.lock();
        try {
            RoutePool routePool = routePool(entry.getRoute());
            lease = routePool.leased.get(entry);
            if (lease == null) {
                throw new IllegalStateException("Released twice, or never leased: " + entry);
            }
            origin = routePool.origin();
            // Asked under the lock: whoever replaces the material looks for its idle connections afterwards.
            boolean keep = reusable && connection != null && !connection.isOutdated();
            if (connection != null) {
                learn(routePool, connection, answered, now, closing);
                bound = routePool.learner().bound(connection.idleAge().hint(), now);
                changedBound = routePool.memory().changedBound(bound);
                if (keep) {
                    routePool.memory().advice().released(now, now + bound);
                }
            }
            ReplayPlace place = lease.place();
            if (this.closed) {
                closing.add(entry, CloseReason.SHUTDOWN);
                routePool.end(lease);
            } else if (place != null && place.reserve()) {
                routePool.reserved++;
                closing.add(entry, CloseReason.ERROR);
                routePool.end(lease);
            } else if (keep && grant(routePool, entry, now)) {
                // It is in use again.
            } else if (keep && (bound > 0 || mayScout(routePool, connection, now))) {
                idle = true;
                dueAt = this.idle.add(routePool, entry, now, closing);
                routePool.end(lease);
            } else if (connection != null && connection.isOpen()) {
                closing.add(routePool, entry, keep ? CloseReason.LEARNED : closeReason(connection, now));
                routePool.end(lease);
            } else {
                closing.add(entry, closeReason(connection, now));
                routePool.end(lease);
                grantPlace(routePool, now);
            }
            forgetIfEmpty(routePool);
            closing.complete();
        } finally {
            unlock(closing);
        }
        this.leaks.end(lease);
        if (idle) {
            this.housekeeper.wakeBy(this, dueAt);
        }
        if (changedBound != null) {
            this.decisions.bounded(origin, changedBound);
            this.listener.idleTimeoutChanged(this.client, origin, changedBound);
        }
    }

    /**
     * Takes back what a call holds that ended in the middle, and turns it away if it is still in line.
     *
     * @return whether it held a place
     */
    boolean giveUp(Lease lease, CloseReason reason) {
        Closing closing = new Closing(this.ticker);
        boolean held = false;
        this.lock.lock();
        try {
            RoutePool routePool = this.routes.get(lease.route());
            if (routePool != null) {
                routePool.waiters.removeIf(waiter -> waiter.lease() == lease);
                PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = lease.entry();
                if (entry != null && routePool.leased.get(entry) == lease) {
                    held = true;
                    closing.add(routePool, entry, reason);
                    routePool.end(lease);
                }
                forgetIfEmpty(routePool);
            }
            // Not complete: what ended in the middle may be anywhere.
        } finally {
            unlock(closing);
        }
        this.leaks.end(lease);
        return held;
    }

    private boolean mayScout(RoutePool routePool, @Nullable PooledConnection connection, long now) {
        return connection != null && this.idle.mayScout(routePool, connection, now);
    }

    /** Learns from how a connection got through the lease that ends now, and the idle time before it. */
    private void learn(RoutePool routePool, PooledConnection connection, boolean answered, long now, Closing closing) {
        IdleTimeoutLearner learner = routePool.learner();
        IdleAge age = connection.idleAge();
        connection.roundTrips().tell(learner, now);
        if (!age.wasIdle()) {
            return;
        }
        learner.seenAlive(age.aliveBefore(), age.aliveAt(), now);
        if (connection.takeBrokenBeforeAnswer()) {
            learner.closedByServer(age.aliveAt(), age.usedAt(), age.wasReused(), now);
            // Those that are as old are as dead, or will be.
            this.idle.condemnIdleSince(routePool, age.since(), closing);
        } else if (answered) {
            learner.reused();
        }
    }

    /** HttpClient takes a connection that failed out of its entry before it gives the entry back. */
    private void learnFromBroken(HttpRoute route, PooledConnection connection) {
        Closing closing = new Closing(this.ticker);
        this.lock.lock();
        try {
            RoutePool routePool = this.routes.get(route);
            if (routePool != null) {
                learn(routePool, connection, false, this.ticker.nanoTime(), closing);
            }
            closing.complete();
        } finally {
            unlock(closing);
        }
    }

    /** The look before the first byte found it closed. */
    private void learnFromRefused(HttpRoute route, PooledConnection connection) {
        this.lock.lock();
        try {
            RoutePool routePool = this.routes.get(route);
            if (routePool != null) {
                learnFromDead(routePool, connection, this.ticker.nanoTime());
            }
        } finally {
            this.lock.unlock();
        }
    }

    /** Learns from a connection that was closed while it was idle. */
    private static void learnFromDead(RoutePool routePool, PooledConnection connection, long now) {
        if (connection.wasClosedByPeer()) {
            IdleAge age = connection.idleAge();
            routePool.learner().closedByServer(age.seenAliveAt(), age.most(now), age.wasReused(), now);
        }
    }

    /** Gives a freed place to the first caller in line. */
    private void grantPlace(RoutePool routePool, long now) {
        if (!routePool.waiters.isEmpty() && hasPlace(routePool)) {
            grant(routePool, routePool.newEntry(), now);
        }
    }

    private boolean hasPlace(RoutePool routePool) {
        return routePool.open() < this.limits.maxPerRoute();
    }

    /** A connection that kept its place until it was closed is closed. */
    void vacate(Closing.Condemned closed) {
        this.lock.lock();
        try {
            RoutePool routePool = closed.leavePlace();
            if (routePool != null) {
                grantPlace(routePool, this.ticker.nanoTime());
                forgetIfEmpty(routePool);
            }
        } finally {
            this.lock.unlock();
        }
    }

    private boolean grant(RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, long now) {
        Waiter waiter;
        while ((waiter = routePool.waiters.peekFirst()) != null) {
            if (!waiter.isAnswered()) {
                grant(routePool, waiter, entry, now);
                routePool.waiters.pollFirst();
                return true;
            }
            routePool.waiters.pollFirst();
        }
        return false;
    }

    /** Hands over a connection, or leaves all as it was. */
    private static void grant(
            RoutePool routePool, Waiter waiter, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, long now) {
        Lease before = routePool.leased.get(entry);
        boolean granted = false;
        try {
            routePool.lease(entry, waiter.lease(), now);
            if (entry.getConnection() instanceof PooledConnection connection) {
                IdleConnections.permit(routePool, connection, now);
            }
            waiter.grant(entry);
            granted = true;
        } finally {
            if (!granted) {
                waiter.withdraw();
                if (before != null) {
                    routePool.leased.put(entry, before);
                } else {
                    routePool.leased.remove(entry);
                }
            }
        }
    }

    /** Ends a replay, so that a place kept for it is not lost if it never came to the replay. */
    void forfeit(ReplayPlace place, HttpRoute route) {
        if (!place.mayBeKept()) {
            return;
        }
        this.lock.lock();
        try {
            if (place.spend()) {
                RoutePool routePool = routePool(route);
                routePool.reserved--;
                grantPlace(routePool, this.ticker.nanoTime());
                forgetIfEmpty(routePool);
            }
        } finally {
            this.lock.unlock();
        }
    }

    private boolean leftover(PooledConnection connection) {
        if (connection.hasLeftover()) {
            connection.closing(CloseReason.UNSOLICITED);
            return true;
        }
        return false;
    }

    private static CloseReason closeReason(@Nullable PooledConnection connection, long now) {
        if (connection != null && connection.isOutdated()) {
            return CloseReason.RELOAD;
        }
        if (connection != null && connection.isBeingRead()) {
            return CloseReason.ERROR;
        }
        if (connection != null && connection.opened() && connection.pastLifetime(now)) {
            return CloseReason.MAX_LIFETIME;
        }
        return CloseReason.NOT_REUSABLE;
    }

    /** The keep-alive strategy has just written its bound into the entry, as wall-clock time; the pool counts on. */
    private long hint(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        Deadline deadline = entry.getExpiryDeadline();
        if (deadline.isMax()) {
            return IdleTimeoutLearner.NO_HINT;
        }
        Duration most = this.limits.maxIdleTimeout();
        // A strategy of the user's may say centuries, or that the time is over.
        long millis = Math.max(0, deadline.getValue() - entry.getUpdated());
        return (millis >= most.toMillis()) ? most.toNanos() : TimeUnit.MILLISECONDS.toNanos(millis);
    }

    // --- housekeeping -----------------------------------------------------------------------------------------------

    /**
     * Closes the idle connections that are due.
     *
     * @param now current time
     * @param watchAfterNanos idle time from which on a connection is worth watching
     * @param unwatched receives the idle connections that are
     * @return time until the next one is due, {@code Long.MAX_VALUE} if none is idle
     */
    long sweep(long now, long watchAfterNanos, List<PooledConnection> unwatched) {
        long next = Long.MAX_VALUE;
        Closing closing = new Closing(this.ticker);
        this.lock.lock();
        try {
            for (Iterator<RoutePool> all = this.routes.values().iterator(); all.hasNext(); ) {
                RoutePool routePool = all.next();
                closing.addOverdue(routePool);
                next = Math.min(next, this.idle.sweep(routePool, now, watchAfterNanos, unwatched, closing));
                if (routePool.isEmpty()) {
                    all.remove();
                    this.memories.keep(routePool.route(), routePool.memory());
                }
            }
            closing.complete();
        } finally {
            unlock(closing);
        }
        return next;
    }

    /** Closes idle connections that were found dead, unless somebody took them meanwhile and found out, too. */
    void evict(Map<PooledConnection, Liveness> dead, long now) {
        evictIf((connection, routePool) -> {
            Liveness liveness = dead.get(connection);
            if (liveness == null) {
                return null;
            }
            connection.closing(liveness.closeReason());
            learnFromDead(routePool, connection, now);
            return liveness.closeReason();
        });
    }

    private void evictIf(BiFunction<PooledConnection, RoutePool, @Nullable CloseReason> rule) {
        Closing closing = new Closing(this.ticker);
        this.lock.lock();
        try {
            this.idle.removeIf(rule, closing);
            closing.complete();
        } finally {
            unlock(closing);
        }
    }

    /** Closes what is due, now instead of at the next look of the housekeeper. */
    void closeDue() {
        sweep(this.ticker.nanoTime(), Long.MAX_VALUE, new ArrayList<>());
    }

    /** Closes what has been idle for so long. */
    void closeIdle(long idleNanos) {
        long now = this.ticker.nanoTime();
        evictIf((connection, routePool) -> (connection.idleAge().least(now) >= idleNanos) ? CloseReason.IDLE : null);
    }

    /** Closes what must not be used again because of a reload; scouts, too. */
    void closeOutdated() {
        evictIf((connection, routePool) -> connection.isOutdated() ? CloseReason.RELOAD : null);
    }

    boolean hasIdle() {
        return locked(() -> !this.idle.isEmpty());
    }

    // --- closing ----------------------------------------------------------------------------------------------------

    /**
     * Closes what is idle, turns away who waits, and lets no one in. What is in use is closed at once.
     *
     * @return how many connections were in use
     */
    int close() {
        Closing closing = new Closing(this.ticker);
        this.lock.lock();
        try {
            this.closed = true;
            this.idle.removeIf((connection, routePool) -> CloseReason.SHUTDOWN, closing);
            closing.complete();
        } finally {
            unlock(closing);
        }
        return abortCalls();
    }

    /**
     * Turns away who waits, and closes what is in use. Later calls are served, as long as the pool is not closed.
     *
     * @return how many connections were in use
     */
    int abortCalls() {
        List<PoolEntry<HttpRoute, ManagedHttpClientConnection>> inUse = new ArrayList<>();
        this.lock.lock();
        try {
            for (RoutePool routePool : this.routes.values()) {
                inUse.addAll(routePool.leased.keySet());
                routePool.waiters.forEach(waiter -> waiter.refuse(this.errors.closed(routePool.origin())));
                routePool.waiters.clear();
            }
            this.routes.values().removeIf(RoutePool::isEmpty);
        } finally {
            this.lock.unlock();
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
            connection.closing(CloseReason.SHUTDOWN);
            connection.close(CloseMode.IMMEDIATE);
        } catch (RuntimeException ex) {
            log.warn("A connection could not be closed in good order", ex);
        }
    }

    /**
     * Asked before a connection is opened: one that is opened after the pool was closed is not known to be closed by it.
     */
    void requireOpen(String origin) throws EvenkeelException {
        if (locked(() -> this.closed)) {
            throw this.errors.closed(origin);
        }
    }

    // --- the rest ---------------------------------------------------------------------------------------------------

    private RoutePool newRoutePool(HttpRoute route) {
        String origin = Origins.of(route);
        return new RoutePool(
                route,
                origin,
                this.memories.of(route, this.ticker.nanoTime()),
                (connection, mode) -> dispose(route, origin, connection, mode));
    }

    /** Every connection that was handed over to an entry ends here, whoever gives it up. */
    private void dispose(HttpRoute route, String origin, ManagedHttpClientConnection connection, CloseMode mode) {
        connection.close(mode);
        if (!(connection instanceof PooledConnection pooled)) {
            return;
        }
        unused(pooled);
        if (pooled.hasBrokenBeforeAnswer()) {
            learnFromBroken(route, pooled);
        } else if (pooled.hasRefused()) {
            learnFromRefused(route, pooled);
        }
        if (pooled.opened()) {
            Duration age = Duration.ofNanos(pooled.ageNanos(this.ticker.nanoTime()));
            this.decisions.closed(origin, pooled.closeReason(), age);
            this.listener.closed(this.client, origin, pooled.closeReason(), age);
        }
    }

    private RoutePool routePool(HttpRoute route) {
        RoutePool routePool = this.routes.get(route);
        if (routePool == null) {
            throw new IllegalStateException("No connection of the route is known: " + route);
        }
        return routePool;
    }

    private void forgetIfEmpty(RoutePool routePool) {
        if (routePool.isEmpty()) {
            // Not whatever is there now: a waiter that was cancelled may come from one that is forgotten already.
            if (this.routes.remove(routePool.route(), routePool)) {
                this.memories.keep(routePool.route(), routePool.memory());
            }
        }
    }

    private static PooledConnection connection(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        return (PooledConnection) entry.getConnection();
    }

    PoolSnapshot snapshot() {
        return locked(() -> {
            long now = this.ticker.nanoTime();
            List<RouteSnapshot> all = new ArrayList<>(this.routes.size());
            this.routes.forEach((route, each) -> all.add(new RouteSnapshot(
                    each.origin(),
                    each.leased.size(),
                    each.idle.size(),
                    each.waiters.size(),
                    each.memory().advice().recommended(now))));
            this.memories.forEach((route, memory) -> {
                OptionalInt recommended = memory.advice().recommended(now);
                if (recommended.isPresent() && !this.routes.containsKey(route)) {
                    all.add(new RouteSnapshot(Origins.of(route), 0, 0, 0, recommended));
                }
            });
            return new PoolSnapshot(this.client, this.limits.maxSize(), this.limits.maxPerRoute(), all);
        });
    }

    /** {@return the state of every route, in HttpClient's terms} */
    Map<HttpRoute, PoolStats> stats() {
        return locked(() -> {
            Map<HttpRoute, PoolStats> stats = new HashMap<>();
            this.routes.forEach((route, each) -> stats.put(
                    route,
                    new PoolStats(
                            each.leased.size(), each.waiters.size(), each.idle.size(), this.limits.maxPerRoute())));
            return stats;
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.AcquireTimeoutException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.KeptConnectionsAdvice;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.Liveness;
import io.evenkeel.transport.connection.PooledConnection;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;

/**
 * Hands out the connections of a pool: the freshest idle one that the request may ride, or the right to open one, at once
 * or in line. Thread-safe.
 */
final class Acquirer {

    /** How long a caller in line relies on being told. */
    private static final long LONGEST_NAP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PoolState state;
    private final PoolErrors errors;
    private final PoolEvents events;
    private final Releaser releaser;

    /** @param releaser takes back what could not be handed out */
    Acquirer(PoolState state, PoolErrors errors, PoolEvents events, Releaser releaser) {
        this.state = state;
        this.errors = errors;
        this.events = events;
        this.releaser = releaser;
    }

    /** {@link Lender#acquire} */
    PoolEntry<HttpRoute, ManagedHttpClientConnection> acquire(Acquisition acquisition, long timeoutNanos)
            throws InterruptedException, EvenkeelException {
        boolean acquired = false;
        try {
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = acquireAndReport(acquisition, timeoutNanos);
            acquired = true;
            return entry;
        } finally {
            if (!acquired) {
                this.releaser.giveUp(acquisition.lease(), CloseReason.ERROR);
            }
        }
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> acquireAndReport(
            Acquisition acquisition, long timeoutNanos) throws InterruptedException, EvenkeelException {
        long start = this.state.ticker.nanoTime();
        ReplayPlace place = acquisition.place();
        Duration before = (place != null) ? place.takeWaited() : Duration.ZERO;
        AcquireResult result = AcquireResult.CANCELLED;
        try {
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry = take(acquisition, start, timeoutNanos);
            boolean skipped = place != null && place.takeDeadSkipped();
            while (entry.hasConnection() && !isFit(entry)) {
                skipped |= connection(entry).history().wasClosedByPeer();
                entry = exchange(entry, acquisition);
            }
            acquisition.lease().waited(before.plusNanos(this.state.ticker.nanoTime() - start), skipped);
            result = entry.hasConnection() ? AcquireResult.REUSED : AcquireResult.OPENED;
            if (entry.hasConnection()) {
                connection(entry).lentTo(acquisition.lease());
            } else {
                this.events.opening(acquisition);
            }
            return entry;
        } catch (AcquireTimeoutException ex) {
            result = AcquireResult.TIMEOUT;
            throw ex;
        } finally {
            // Whether a kept connection is used shows when it is looked at.
            if (result != AcquireResult.REUSED) {
                Duration waited = before.plusNanos(this.state.ticker.nanoTime() - start);
                this.events.acquired(acquisition, result, waited);
            }
        }
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> take(Acquisition acquisition, long now, long timeoutNanos)
            throws InterruptedException, EvenkeelException {
        Closing closing = this.state.newClosing();
        KeptConnectionsAdvice.Advice advice = null;
        this.state.lock();
        try {
            if (acquisition.cancelledLocked()) {
                throw new CancellationException("The call was cancelled");
            }
            if (this.state.closed) {
                throw this.errors.closed(acquisition.origin());
            }
            RoutePool routePool = this.state.routes.open(acquisition.route(), now);
            acquisition.lease().origin(routePool.origin());
            ReplayPlace place = acquisition.place();
            boolean placeKept = place != null && place.spend();
            if (placeKept) {
                routePool.reserved--;
            } else {
                closing.addOverdue(routePool);
            }
            boolean fresh = placeKept && place != null && place.isReplaying();
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry =
                    fresh ? null : this.state.idle.poll(routePool, acquisition, now, closing);
            if (entry == null) {
                acquisition.passedByLocked(!routePool.idle.isEmpty());
                entry = (placeKept || makePlace(routePool, closing))
                        ? routePool.leaseNew(acquisition.lease(), now)
                        : await(acquisition, routePool, timeoutNanos);
            }
            acquisition.completeLocked();
            if (placeKept) {
                // With a kept connection comes a place of its own.
                routePool.grantPlace(now);
            }
            if (!placeKept || fresh) {
                advice = routePool.memory().advice().acquired(now);
            }
            closing.complete();
            return entry;
        } finally {
            this.state.unlock(closing);
            this.events.advised(acquisition.origin(), advice);
        }
    }

    /**
     * Finds a place for a new connection: at the cap, that of a connection which the request may not ride. The scout counts
     * only here, so that a server never sees more connections than it may.
     */
    private boolean makePlace(RoutePool routePool, Closing closing) {
        if (routePool.scout != null && routePool.open() + 1 >= this.state.limits.maxPerRoute()) {
            this.state.idle.condemnScout(routePool, CloseReason.SURPLUS, closing);
        }
        if (closing.takePlace(routePool) || routePool.hasPlace()) {
            return true;
        }
        this.state.idle.condemnOldest(routePool, closing);
        return closing.takePlace(routePool);
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> await(
            Acquisition acquisition, RoutePool routePool, long timeoutNanos)
            throws InterruptedException, EvenkeelException {
        Waiter waiter = new Waiter(this.state.newCondition(), acquisition.lease());
        acquisition.waitAs(waiter);
        routePool.waiters.addLast(waiter);
        long remaining = (timeoutNanos > 0) ? timeoutNanos : Long.MAX_VALUE;
        try {
            while (!waiter.isAnswered()) {
                if (remaining <= 0) {
                    throw this.errors.acquireTimeout(
                            routePool, this.state.ticker.nanoTime(), Duration.ofNanos(timeoutNanos));
                }
                long nap = Math.min(remaining, LONGEST_NAP_NANOS);
                remaining -= nap - waiter.await(nap);
                // Whoever freed a place may not have come as far as to say so, if memory or stack were short.
                routePool.grantPlace(this.state.ticker.nanoTime());
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
                this.state.routes.forgetEmpty(routePool);
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
        ConnectionHistory history = connection.history();
        if (history.isOutdated()) {
            history.closing(CloseReason.RELOAD);
            return false;
        }
        Liveness liveness = connection.resume();
        if (liveness == Liveness.ALIVE) {
            return true;
        }
        history.closing(liveness.closeReason());
        return false;
    }

    /** Closes a connection that turned out to be unfit; its place goes to the next idle one, or to a new one. */
    private PoolEntry<HttpRoute, ManagedHttpClientConnection> exchange(
            PoolEntry<HttpRoute, ManagedHttpClientConnection> unfit, Acquisition acquisition) {
        Closing closing = this.state.newClosing();
        this.state.lock();
        try {
            RoutePool routePool = this.state.routes.require(acquisition.route());
            ConnectionHistory history = connection(unfit).history();
            closing.add(routePool, unfit, history.closeReason());
            routePool.leased.remove(unfit);
            long now = this.state.ticker.nanoTime();
            routePool.memory().learnFromDead(history, now);
            PoolEntry<HttpRoute, ManagedHttpClientConnection> entry =
                    this.state.idle.poll(routePool, acquisition, now, closing);
            if (entry == null) {
                closing.takePlace(routePool);
                entry = routePool.leaseNew(acquisition.lease(), now);
            }
            closing.complete();
            return entry;
        } finally {
            this.state.unlock(closing);
        }
    }

    private static PooledConnection connection(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        return (PooledConnection) entry.getConnection();
    }
}

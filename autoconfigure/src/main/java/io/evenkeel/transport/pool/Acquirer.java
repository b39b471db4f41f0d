// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.AcquireTimeoutException;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.idle.KeptConnectionsAdvice;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.socket.Liveness;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

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
    Slot acquire(Lease lease, long timeoutNanos) throws InterruptedException, EvenkeelException {
        boolean acquired = false;
        try {
            Slot slot = acquireAndReport(lease, timeoutNanos);
            acquired = true;
            return slot;
        } finally {
            if (!acquired) {
                this.releaser.giveUp(lease, CloseReason.ERROR);
            }
        }
    }

    private Slot acquireAndReport(Lease lease, long timeoutNanos) throws InterruptedException, EvenkeelException {
        long start = this.state.ticker.nanoTime();
        ReplayPlace place = lease.place;
        Duration before = (place != null) ? place.takeWaited() : Duration.ZERO;
        AcquireResult result = AcquireResult.CANCELLED;
        try {
            Slot slot = take(lease, start, timeoutNanos);
            boolean skipped = place != null && place.takeDeadSkipped();
            while (slot.hasConnection() && !isFit(slot.connection())) {
                skipped |= slot.connection().history().wasClosedByPeer();
                slot = exchange(slot, lease);
            }
            lease.waited(before.plusNanos(this.state.ticker.nanoTime() - start), skipped);
            result = slot.hasConnection() ? AcquireResult.REUSED : AcquireResult.OPENED;
            if (slot.hasConnection()) {
                slot.connection().lentTo(lease);
            } else {
                this.events.opening(lease);
            }
            return slot;
        } catch (AcquireTimeoutException ex) {
            result = AcquireResult.TIMEOUT;
            throw ex;
        } catch (CallRejectedException ex) {
            result = (ex.rejection() == CallRejectedException.Reason.POOL_EXHAUSTED)
                    ? AcquireResult.REFUSED
                    : AcquireResult.CANCELLED;
            throw ex;
        } finally {
            // Whether a kept connection is used shows when it is looked at.
            if (result != AcquireResult.REUSED) {
                this.events.acquired(lease, result, before.plusNanos(this.state.ticker.nanoTime() - start));
            }
        }
    }

    private Slot take(Lease lease, long now, long timeoutNanos) throws InterruptedException, EvenkeelException {
        KeptConnectionsAdvice.Advice advice = null;
        Evictions evictions = this.state.begin();
        try {
            if (lease.isCancelled()) {
                throw new CancellationException("The call was cancelled");
            }
            if (this.state.closed) {
                throw this.errors.closed(lease.origin());
            }
            RoutePool routePool = this.state.open(lease.route, now);
            lease.origin(routePool.origin);
            ReplayPlace place = lease.place;
            boolean placeKept = place != null && place.spend();
            if (placeKept) {
                routePool.reserved--;
            } else {
                evictions.addOverdue(routePool);
            }
            boolean fresh = placeKept && place != null && place.isReplaying();
            Slot slot = fresh ? null : this.state.idle.poll(routePool, lease, now, evictions);
            if (slot == null) {
                lease.passedBy(!routePool.idle.isEmpty());
                slot = (placeKept || makePlace(routePool, evictions))
                        ? routePool.leaseNew(lease, now)
                        : await(lease, routePool, timeoutNanos);
            }
            if (placeKept) {
                // With a kept connection comes a place of its own.
                routePool.grantPlace(now);
            }
            if (!placeKept || fresh) {
                advice = routePool.history.advice().acquired(now);
            }
            evictions.complete();
            return slot;
        } finally {
            evictions.unlock();
            this.events.advised(lease.origin(), advice);
        }
    }

    /**
     * Finds a place for a new connection: at the cap, that of a connection which the request may not ride. The canary counts
     * only here, so that a server never sees more connections than it may.
     */
    private boolean makePlace(RoutePool routePool, Evictions evictions) {
        if (routePool.canary != null && routePool.open() + 1 >= this.state.limits.maxPerRoute()) {
            this.state.idle.evictCanary(routePool, CloseReason.SURPLUS, evictions);
        }
        if (evictions.takePlace(routePool) || routePool.hasPlace()) {
            return true;
        }
        this.state.idle.evictOldest(routePool, evictions);
        return evictions.takePlace(routePool);
    }

    private Slot await(Lease lease, RoutePool routePool, long timeoutNanos)
            throws InterruptedException, EvenkeelException {
        if (timeoutNanos <= 0 && this.state.limits.acquireTimeout().isZero()) {
            throw this.errors.exhausted(routePool, this.state.ticker.nanoTime());
        }
        Condition answered = this.state.newCondition();
        routePool.waiting.addLast(lease);
        long remaining = (timeoutNanos > 0) ? timeoutNanos : Long.MAX_VALUE;
        try {
            while (lease.isWaiting()) {
                if (remaining <= 0) {
                    throw this.errors.acquireTimeout(
                            routePool, this.state.ticker.nanoTime(), Duration.ofNanos(timeoutNanos));
                }
                long nap = Math.min(remaining, LONGEST_NAP_NANOS);
                remaining -= nap - lease.await(answered, nap);
                // Whoever freed a place may not have come as far as to say so, if memory or stack were short.
                routePool.grantPlace(this.state.ticker.nanoTime());
            }
        } catch (InterruptedException ex) {
            if (lease.slot() == null) {
                throw ex;
            }
            // The connection came first: it is this caller's now, and the flag ends whatever it does next.
            Thread.currentThread().interrupt();
        } finally {
            if (lease.slot() == null) {
                routePool.waiting.remove(lease);
                this.state.forgetEmpty(routePool);
            }
        }
        Slot granted = lease.slot();
        if (granted != null) {
            return granted;
        }
        EvenkeelException refusal = lease.refusal();
        if (refusal != null) {
            throw refusal;
        }
        throw new CancellationException("The call was cancelled while it waited for a connection");
    }

    /** Asks what is known of a kept connection without a look, which comes before the first byte of the request. */
    private static boolean isFit(PooledConnection connection) {
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
    private Slot exchange(Slot unfit, Lease lease) {
        Evictions evictions = this.state.begin();
        try {
            RoutePool routePool = unfit.routePool;
            ConnectionHistory history = unfit.connection().history();
            evictions.add(unfit, history.closeReason());
            routePool.leased.remove(unfit.entry);
            long now = this.state.ticker.nanoTime();
            routePool.history.learnFromDead(history, now);
            Slot slot = this.state.idle.poll(routePool, lease, now, evictions);
            if (slot == null) {
                evictions.takePlace(routePool);
                slot = routePool.leaseNew(lease, now);
            }
            evictions.complete();
            return slot;
        } finally {
            evictions.unlock();
        }
    }
}

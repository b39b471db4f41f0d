// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.error.AcquireTimeoutException;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.transport.support.Texts;
import java.time.Duration;
import java.util.Comparator;

/** What a pool says to a caller that it cannot serve. */
final class PoolErrors {

    private final String client;
    private final String keyPrefix;
    private final int maxPerRoute;

    PoolErrors(String client, String keyPrefix, int maxPerRoute) {
        this.client = client;
        this.keyPrefix = keyPrefix;
        this.maxPerRoute = maxPerRoute;
    }

    /** All connections stayed in use for as long as the caller would wait. Called under the lock of the pool. */
    AcquireTimeoutException acquireTimeout(RoutePool routePool, long now, Duration timeout) {
        String message = ("No connection to %s for client '%s' within %s: %s, %d waiting. "
                        + "Raise %s.pool.max-overflow, or see why its calls take so long.")
                .formatted(
                        routePool.origin,
                        this.client,
                        Texts.duration(timeout),
                        inUse(routePool, now),
                        routePool.waiting.size(),
                        this.keyPrefix);
        return new AcquireTimeoutException(message, this.client, routePool.origin, timeout);
    }

    /** All connections are in use, and callers are not to wait. Called under the lock of the pool. */
    CallRejectedException exhausted(RoutePool routePool, long now) {
        String message = ("No connection to %s for client '%s': %s, and %s.pool.acquire-timeout is 0. "
                        + "Raise %s.pool.max-overflow, or let calls wait.")
                .formatted(routePool.origin, this.client, inUse(routePool, now), this.keyPrefix, this.keyPrefix);
        return new CallRejectedException(
                message, this.client, routePool.origin, CallRejectedException.Reason.POOL_EXHAUSTED, Duration.ZERO);
    }

    private String inUse(RoutePool routePool, long now) {
        String oldest = routePool.leased.values().stream()
                .max(Comparator.comparingLong(lease -> now - lease.since()))
                .map(lease -> " (oldest " + Texts.duration(Duration.ofNanos(now - lease.since())) + ", thread "
                        + lease.holder() + ")")
                .orElse("");
        return "%d of %d in use%s".formatted(routePool.inUse(), this.maxPerRoute, oldest);
    }

    /** The pool is closed. */
    CallRejectedException closed(String origin) {
        String message =
                "Client '%s' did not call %s: its application context was closed, and its connection pool with it."
                        .formatted(this.client, origin);
        return new CallRejectedException(
                message, this.client, origin, CallRejectedException.Reason.SHUTTING_DOWN, Duration.ZERO);
    }
}

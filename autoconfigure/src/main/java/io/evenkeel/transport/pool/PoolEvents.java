// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.policy.KeptConnectionsAdvice.Advice;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a pool tells of the connections that it lends, to its listener and to the log. Called outside of the pool's lock. */
final class PoolEvents {

    private final String client;
    private final ConnectionListener listener;
    private final PoolLog log;

    PoolEvents(String client, ConnectionListener listener, PoolLog log) {
        this.client = client;
        this.listener = listener;
        this.log = log;
    }

    /** A caller got a place for a new connection, or none. */
    void acquired(Acquisition acquisition, AcquireResult result, Duration waited) {
        this.listener.acquired(this.client, acquisition.origin(), result, waited);
    }

    /** A kept connection is used, or was given back without that. */
    void reused(Lease lease, long idleNanos) {
        this.log.reused(lease.origin(), idleNanos);
        this.listener.acquired(this.client, lease.origin(), AcquireResult.REUSED, lease.waited());
        if (lease.hasSkippedDead()) {
            this.listener.avoided(this.client, lease.origin(), FailureAvoided.DEAD_CONNECTION_SKIPPED);
        }
    }

    /** A connection is going to be opened. */
    void opening(Acquisition acquisition) {
        String origin = acquisition.origin();
        if (acquisition.lease().hasSkippedDead()) {
            this.log.opened(origin, PoolLog.DEAD_ONE_SKIPPED);
            this.listener.avoided(this.client, origin, FailureAvoided.DEAD_CONNECTION_SKIPPED);
        } else {
            this.log.opened(origin, acquisition.hasPassedBy() ? PoolLog.TOO_OLD : PoolLog.NONE_IDLE);
        }
    }

    void closed(String origin, CloseReason reason, Duration age) {
        this.log.closed(origin, reason, age);
        this.listener.closed(this.client, origin, reason, age);
    }

    /** @param bound up to which idle time connections are used again, null if that is known already */
    void bounded(String origin, @Nullable Duration bound) {
        if (bound != null) {
            this.log.bounded(origin, bound);
            this.listener.idleTimeoutChanged(this.client, origin, bound);
        }
    }

    /** @param advice nothing is said without one */
    void advised(String origin, @Nullable Advice advice) {
        this.log.advise(origin, advice);
    }
}

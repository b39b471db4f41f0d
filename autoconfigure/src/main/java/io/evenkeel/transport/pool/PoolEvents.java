// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.policy.idle.KeptConnectionsAdvice;
import io.evenkeel.policy.idle.KeptConnectionsAdvice.Advice;
import io.evenkeel.transport.support.Texts;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pool tells of its connections and decisions: to its listener, in a line each at level DEBUG, and its advice to users.
 * Called outside of the pool's lock.
 */
final class PoolEvents {

    private static final Logger log = LoggerFactory.getLogger(PoolEvents.class);

    private static final Logger toUsers = LoggerFactory.getLogger("io.evenkeel");

    private final String client;
    private final String keyPrefix;
    private final ConnectionListener listener;

    PoolEvents(String client, String keyPrefix, ConnectionListener listener) {
        this.client = client;
        this.keyPrefix = keyPrefix;
        this.listener = listener;
    }

    /** A caller got a place for a new connection, or none. */
    void acquired(Lease lease, AcquireResult result, Duration waited) {
        this.listener.acquired(this.client, lease.origin(), result, waited);
    }

    /** A kept connection is used, or was given back without that. */
    void reused(Lease lease, long idleNanos) {
        if (log.isDebugEnabled()) {
            debug(lease.origin(), "connection reused, idle for " + Texts.duration(Duration.ofNanos(idleNanos)));
        }
        this.listener.acquired(this.client, lease.origin(), AcquireResult.REUSED, lease.waited());
        skipped(lease);
    }

    /** A connection is going to be opened. */
    void opening(Lease lease) {
        if (log.isDebugEnabled()) {
            debug(lease.origin(), "connection to be opened, as " + whyNoneIsUsed(lease));
        }
        skipped(lease);
    }

    private static String whyNoneIsUsed(Lease lease) {
        if (lease.hasSkippedDead()) {
            return "the idle one is dead";
        }
        return lease.hasPassedBy()
                ? "what is idle has been so for too long to be safe for this request"
                : "none is idle";
    }

    private void skipped(Lease lease) {
        if (lease.hasSkippedDead()) {
            this.listener.avoided(this.client, lease.origin(), FailureAvoided.DEAD_CONNECTION_SKIPPED);
        }
    }

    void closed(String origin, CloseReason reason, Duration age) {
        if (log.isDebugEnabled()) {
            debug(
                    origin,
                    "connection closed, reason %s, age %s"
                            .formatted(reason.name().toLowerCase(Locale.ROOT), Texts.duration(age)));
        }
        this.listener.closed(this.client, origin, reason, age);
    }

    /** @param bound up to which idle time connections are used again, null if that is known already */
    void bounded(String origin, @Nullable Duration bound) {
        if (bound != null) {
            if (log.isDebugEnabled()) {
                debug(origin, "connections are used again up to an idle time of " + Texts.duration(bound));
            }
            this.listener.idleTimeoutChanged(this.client, origin, bound);
        }
    }

    private void debug(String origin, String event) {
        log.debug("client '{}', {}: {}", this.client, origin, event);
    }

    /** @param advice nothing is said without one */
    void advised(String origin, @Nullable Advice advice) {
        if (advice != null) {
            toUsers.info(
                    "client '{}', {}: {} of {} requests within an hour found no kept connection, because only {} kept; "
                            + "{}.pool.max-size: {} would have spared {} % of them",
                    this.client,
                    origin,
                    text(advice.missed()),
                    text(advice.acquired()),
                    (advice.maxSize() == 1) ? "1 is" : advice.maxSize() + " are",
                    this.keyPrefix,
                    advice.recommended(),
                    KeptConnectionsAdvice.PERCENT);
        }
    }

    private static String text(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.KeptConnectionsAdvice;
import io.evenkeel.policy.KeptConnectionsAdvice.Advice;
import io.evenkeel.transport.support.Texts;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a pool says of its decisions: one line each, at level DEBUG, and its advice. Called outside of the pool's lock. */
final class PoolLog {

    static final String NONE_IDLE = "none is idle";

    static final String TOO_OLD = "what is idle has been so for too long to be safe for this request";

    static final String DEAD_ONE_SKIPPED = "the idle one is dead";

    private static final Logger log = LoggerFactory.getLogger(PoolLog.class);

    private static final Logger toUsers = LoggerFactory.getLogger("io.evenkeel");

    private final String client;
    private final String keyPrefix;

    PoolLog(String client, String keyPrefix) {
        this.client = client;
        this.keyPrefix = keyPrefix;
    }

    void reused(String origin, long idleNanos) {
        if (log.isDebugEnabled()) {
            log.debug(
                    "client '{}', {}: connection reused, idle for {}",
                    this.client,
                    origin,
                    Texts.duration(Duration.ofNanos(idleNanos)));
        }
    }

    /** @param because why no idle connection was used */
    void opened(String origin, String because) {
        if (log.isDebugEnabled()) {
            log.debug("client '{}', {}: connection to be opened, as {}", this.client, origin, because);
        }
    }

    void closed(String origin, CloseReason reason, Duration age) {
        if (log.isDebugEnabled()) {
            log.debug(
                    "client '{}', {}: connection closed, reason {}, age {}",
                    this.client,
                    origin,
                    reason.name().toLowerCase(Locale.ROOT),
                    Texts.duration(age));
        }
    }

    void bounded(String origin, Duration bound) {
        if (log.isDebugEnabled()) {
            log.debug(
                    "client '{}', {}: connections are used again up to an idle time of {}",
                    this.client,
                    origin,
                    Texts.duration(bound));
        }
    }

    /** @param advice nothing is said without one */
    void advise(String origin, @Nullable Advice advice) {
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

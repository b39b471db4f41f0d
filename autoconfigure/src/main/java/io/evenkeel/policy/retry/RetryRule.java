// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import io.evenkeel.event.RetryDenial;
import io.evenkeel.policy.replay.ReplayRule;
import io.evenkeel.policy.replay.RequestFacts;
import io.evenkeel.policy.retry.FailedAttempt.Cause;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether and when a request that failed is sent again: one that has not left, whatever it is; one that may have been
 * executed only if executing it twice is the same as once (RFC 9110, section 9.2.2). The wait is random between nothing and a
 * bound that doubles ("full jitter"), as clients that failed together would come back together otherwise. Thread-safe if the
 * source of randomness is.
 */
public final class RetryRule {

    /** No attempt is begun with less, nor with less than connecting takes. */
    static final Duration LEAST_LEFT = Duration.ofMillis(50);

    /** Who says "too many requests" is not asked again after a tenth of a second. */
    private static final Duration THROTTLED_DELAY = Duration.ofSeconds(1);

    private static final int TOO_MANY_REQUESTS = 429;

    private final RetrySettings settings;
    private final DoubleSupplier random;

    /** @param random gives numbers from 0 to 1, 1 excluded */
    public RetryRule(RetrySettings settings, DoubleSupplier random) {
        this.settings = settings;
        this.random = random;
    }

    /** {@return whether a response with that status is worth another request} */
    public boolean isRetried(int status) {
        return this.settings.statuses().contains(status);
    }

    /**
     * Decides on all but the budget.
     *
     * @param request what it says of being sent twice, its body as it is now that it may have been written
     * @param attempt how it failed; not {@link Cause#FINAL}
     * @param history of the call before that
     * @param left what is left of the call, null if nothing bounds it
     * @param connecting what a connection to the server usually takes
     */
    public RetryDecision decide(
            RequestFacts request,
            FailedAttempt attempt,
            RetryHistory history,
            @Nullable Duration left,
            Duration connecting) {
        RetryDenial denial = denial(request, attempt, history);
        if (denial != null) {
            return RetryDecision.denied(denial);
        }
        Duration pause = pause(attempt, history.count());
        Duration least = (connecting.compareTo(LEAST_LEFT) > 0) ? connecting : LEAST_LEFT;
        return (left != null && left.minus(pause).compareTo(least) < 0)
                ? RetryDecision.denied(RetryDenial.TIME_LEFT)
                : RetryDecision.after(pause);
    }

    private @Nullable RetryDenial denial(RequestFacts request, FailedAttempt attempt, RetryHistory history) {
        if (attempt.cause() != Cause.NOT_SENT && !ReplayRule.isRecognized(request)) {
            return RetryDenial.NOT_IDEMPOTENT;
        }
        if (!request.bodyRepeatable()) {
            return RetryDenial.NOT_REPEATABLE;
        }
        if (history.count() >= this.settings.maxRetries()) {
            return RetryDenial.MAX_RETRIES;
        }
        if (attempt.cause() == Cause.TIMED_OUT && history.hasTimedOut()) {
            return RetryDenial.TIMED_OUT_AGAIN;
        }
        Duration asked = attempt.retryAfter();
        return (asked != null && asked.compareTo(this.settings.maxRetryAfter()) > 0) ? RetryDenial.RETRY_AFTER : null;
    }

    /** What the server asks for is a beginning, not a moment at which all come back. */
    private Duration pause(FailedAttempt attempt, int retries) {
        Duration asked = attempt.retryAfter();
        Duration own =
                ofNanos(this.random.getAsDouble() * bound(attempt, retries).toNanos());
        return (asked != null) ? asked.plus(own) : own;
    }

    private Duration bound(FailedAttempt attempt, int retries) {
        Duration delay = this.settings.delay();
        if (attempt.status() == TOO_MANY_REQUESTS && delay.compareTo(THROTTLED_DELAY) < 0) {
            delay = THROTTLED_DELAY;
        }
        double grown = delay.toNanos() * Math.pow(2, retries);
        return ofNanos(Math.min(grown, this.settings.maxDelay().toNanos()));
    }

    private static Duration ofNanos(double nanos) {
        return Duration.ofNanos((long) nanos);
    }
}

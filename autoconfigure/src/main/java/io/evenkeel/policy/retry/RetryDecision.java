// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import io.evenkeel.event.RetryDenial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request is sent again.
 *
 * @param allowed whether it is
 * @param denial why not, if its failure is one of those that another request may mend
 * @param pause before it is
 */
public record RetryDecision(boolean allowed, @Nullable RetryDenial denial, Duration pause) {

    /** Another request would not help, or nobody waits for it. */
    public static final RetryDecision NOT_WANTED = new RetryDecision(false, null, Duration.ZERO);

    public static RetryDecision denied(RetryDenial denial) {
        return new RetryDecision(false, denial, Duration.ZERO);
    }

    static RetryDecision after(Duration pause) {
        return new RetryDecision(true, null, pause);
    }
}

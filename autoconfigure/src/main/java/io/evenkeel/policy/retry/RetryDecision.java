// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request is sent again.
 *
 * @param denial why not; null if it is
 * @param pause before it is
 */
public record RetryDecision(@Nullable RetryDenial denial, Duration pause) {

    static RetryDecision denied(RetryDenial denial) {
        return new RetryDecision(denial, Duration.ZERO);
    }

    static RetryDecision after(Duration pause) {
        return new RetryDecision(null, pause);
    }
}

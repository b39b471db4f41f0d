// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that did not bring what the caller wants, by evidence and not by the class of an exception.
 *
 * @param cause what it failed of
 * @param status of the response, 0 if there was none
 * @param retryAfter how long the server wants nobody to come back, if it says so
 */
public record FailedAttempt(
        Cause cause, int status, @Nullable Duration retryAfter) {

    /** What an attempt failed of, as far as another one may help. */
    public enum Cause {
        /** There was no connection, or nothing of the request has left on it. */
        NOT_SENT,
        /** The connection was lost, or the head of the response was cut off. */
        BROKEN,
        /** No head of a response within the read timeout. */
        TIMED_OUT,
        /** The response has one of the statuses that are worth another request. */
        STATUS,
        /** Anything that would happen again, or that nobody wants tried again. */
        FINAL
    }

    /** Failed without a response. */
    public static FailedAttempt of(Cause cause) {
        return new FailedAttempt(cause, 0, null);
    }
}

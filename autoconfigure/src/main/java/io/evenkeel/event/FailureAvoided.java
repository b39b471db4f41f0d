// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** What kept a call from failing. */
public enum FailureAvoided {
    /** The look before reuse found that a kept connection was dead, so that another one was taken. */
    DEAD_CONNECTION_SKIPPED,
    /** The kept connection broke in the moment of its use, and the request was answered when it was sent again. */
    REPLAYED,
    /** An attempt failed, and a later one of the same call was answered. */
    RETRIED
}

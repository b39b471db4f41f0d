// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** A limit of time that ended a call. A fixed set, since it becomes the value of a tag. */
public enum TimeBound {
    /** {@code evenkeel.call-timeout}. */
    CALL_TIMEOUT,
    /** A deadline of the request, of the code around it, or of who called the application. */
    DEADLINE,
    /** {@code evenkeel.pool.acquire-timeout}. */
    ACQUIRE_TIMEOUT,
    /** The connect timeout. */
    CONNECT_TIMEOUT,
    /** {@code evenkeel.write-timeout}. */
    WRITE_TIMEOUT,
    /** The read timeout. */
    READ_TIMEOUT
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** How the wait for a connection ended. */
public enum AcquireResult {
    /** A kept connection was handed out. */
    REUSED,
    /** The caller was given the right to open a connection. */
    OPENED,
    /** The acquire timeout ran out. */
    TIMEOUT,
    /** All were in use, and the caller was not to wait. */
    REFUSED,
    /** The caller was interrupted or cancelled, or the pool was closed. */
    CANCELLED
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** Why a connection was closed. */
public enum CloseReason {
    /** Its idle time reached the bound in force, or the client's limit of idle connections did. */
    IDLE,
    /** Its idle time reached a bound that was learned from when the server closes connections. */
    LEARNED,
    /** More connections were idle than are kept for the route. */
    SURPLUS,
    /** It reached its maximum lifetime. */
    MAX_LIFETIME,
    /** The server closed it while it was idle. */
    EOF,
    /** The server reset it while it was idle. */
    RESET,
    /** Bytes arrived that no request had asked for. */
    UNSOLICITED,
    /** The response, the request or the server said that it must not be used again. */
    NOT_REUSABLE,
    /** An exchange on it failed, or opening it did. */
    ERROR,
    /** A timeout ended an exchange on it. */
    TIMEOUT,
    /** The SSL bundle that it was opened with was reloaded. */
    RELOAD,
    /** Its response was dropped without being closed. */
    LEAKED,
    /** Its pool was closed. */
    SHUTDOWN
}

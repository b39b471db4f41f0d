// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

import java.util.Locale;
import java.util.Optional;

/**
 * Why a call ended in an exception. A fixed set, since it becomes the value of a tag; {@code docs/errors.md} explains
 * each.
 */
public enum FailureReason {
    /** No connection became free in time. */
    ACQUIRE_TIMEOUT,
    /** No connection was free, and calls are not to wait for one. */
    POOL_EXHAUSTED,
    /** The circuit breaker of the route is open. */
    CIRCUIT_OPEN,
    /** The call took longer than its client allows. */
    CALL_TIMEOUT,
    /** The call took longer than the request, the code around it, or who called the application has allowed. */
    DEADLINE,
    /** Nothing was left of the deadline when the call began. */
    NO_TIME_LEFT,
    /** Look-ups of host names hang, as many as may. */
    LOOKUPS_STUCK,
    /** The pool was closed. */
    SHUTTING_DOWN,
    /** The address filter refused every address of the host. */
    ADDRESS_REFUSED,
    /** The proxy wants other credentials. */
    PROXY_AUTHENTICATION,
    /** The name could not be resolved. */
    DNS,
    /** No TCP connection. */
    CONNECT,
    /** No TLS connection. */
    TLS,
    /** No response, or no more of it, within the read timeout. */
    READ_TIMEOUT,
    /** The peer took nothing more of the request within the write timeout. */
    WRITE_TIMEOUT,
    /** The connection ended or failed before there was a response. */
    CONNECTION_LOST,
    /** The response ended before its end. */
    TRUNCATED,
    /** The response was not HTTP, or not what HTTP allows here. */
    MALFORMED,
    /** The response was longer than a limit allows. */
    TOO_LARGE,
    /** The calling thread was interrupted. */
    INTERRUPTED,
    /** The caller gave the call up. */
    CANCELLED,
    /** Any other failure of input or output. */
    IO,
    /** An exception that is not about input or output, such as one of the code that writes a request's body. */
    OTHER;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** {@return the value of the tag} */
    public String code() {
        return this.code;
    }

    /** {@return the reason with the given code, or empty} */
    public static Optional<FailureReason> of(String code) {
        for (FailureReason each : values()) {
            if (each.code.equals(code)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}

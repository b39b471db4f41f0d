// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

/**
 * When something happens on a connection. Together with {@link Effect} it spans the failures of HTTP/1.1. For a place
 * between two bytes see {@link RequestScript#afterRequestBytes} and {@link RequestScript#afterResponseBytes}.
 */
public enum Moment {

    /** The connection is accepted; nothing is read, and TLS has not begun. */
    ACCEPT,
    /** The head of the request is read up to its blank line; no byte of its body is. */
    REQUEST_HEAD,
    /** The whole request is read; no byte of the response is written. */
    REQUEST_BODY,
    /** The head of the response is written up to its blank line; no byte of its body is. */
    RESPONSE_HEAD,
    /** Half of the body of the response is written, rounded down, framing included. */
    RESPONSE_BODY,
    /** The whole response is written. */
    IDLE
}

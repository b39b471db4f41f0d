// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** How the opening of a connection ended; a failure names the phase that failed. */
public enum CreationResult {
    SUCCESS,
    /** The host name could not be resolved, or every address of it was refused by the address filter. */
    DNS,
    /** No TCP connection to the origin server. */
    CONNECT,
    /** No TCP connection to the proxy, or the proxy refused the tunnel. */
    PROXY,
    /** The TLS handshake failed. */
    TLS
}

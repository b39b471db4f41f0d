// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** How a TLS handshake ended. */
public enum HandshakeResult {
    FULL,
    RESUMED,
    FAILED
}

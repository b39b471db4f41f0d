// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

import java.time.Duration;

/**
 * Hears what happens to the connections of all clients. Called on the thread that caused the event, outside of all
 * locks, so implementations must be thread-safe and quick; whatever they throw is logged and goes no further.
 *
 * <p>{@code client} is the name of the client, {@code route} the origin without its default port, such as
 * {@code https://api.example.com}.
 */
public interface ConnectionListener {

    /** Hears nothing. */
    ConnectionListener NONE = new ConnectionListener() {};

    /** The wait for a connection ended; {@code waited} does not include connecting. */
    default void acquired(String client, String route, AcquireResult result, Duration waited) {}

    /** The opening of a connection ended after {@code took}, name resolution to TLS. */
    default void created(String client, String route, CreationResult result, Duration took) {}

    /** A TLS handshake ended after {@code took}. */
    default void handshaken(String client, String route, HandshakeResult result, Duration took) {}

    /** A connection of the given age was closed. */
    default void closed(String client, String route, CloseReason reason, Duration age) {}

    /** The idle time up to which connections of the route are reused changed. */
    default void idleTimeoutChanged(String client, String route, Duration idleTimeout) {}
}

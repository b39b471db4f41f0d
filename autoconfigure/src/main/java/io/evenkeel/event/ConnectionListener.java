// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Hears what happens to the connections of all clients, and to the calls that they carry. Called on the thread that caused the event, outside of all
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

    /**
     * A request that went to a wire ended in a response head, or without one. One call may make several: redirects,
     * responses to challenges, replays.
     *
     * @param took from the first byte of the request to the end of the response head
     */
    default void attempted(String client, String route, AttemptKind kind, AttemptOutcome outcome, Duration took) {}

    /** A call ended in an exception, be it while it was made or while the body of its response was read. */
    default void failed(String client, String route, FailureReason reason) {}

    /**
     * A call began that has a deadline.
     *
     * @param source who set it
     * @param left what is left of it
     */
    default void bounded(String client, String route, BoundSource source, Duration left) {}

    /**
     * A call was ended by a limit of time, besides being reported as failed.
     *
     * @param phase what it did just then
     */
    default void timedOut(String client, String route, TimeBound bound, CallPhase phase) {}

    /** A call would have failed, but did not. */
    default void avoided(String client, String route, FailureAvoided how) {}

    /** A request that the application answers has a deadline that is no time, or several. */
    default void deadlineIgnored() {}

    /** A request that failed was not sent again, though its failure is one of those that a retry may mend. */
    default void retryDenied(String client, String route, RetryDenial reason) {}

    /** A retry was paid, or denied as nothing is left; {@code share} of the whole budget, between 0 and 1, is left whenever it is asked. */
    default void retryBudgetUsed(String client, String route, DoubleSupplier share) {}

    /** An SSL bundle that clients use was replaced; {@code bundle} is its name. */
    default void tlsReloaded(String bundle, ReloadResult result) {}
}

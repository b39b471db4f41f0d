// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import java.io.IOException;
import java.time.Duration;

/**
 * What is known of a failure of the network: whose call it was, how far it had got, and what can be done.
 *
 * <p>Handlers look for the class that the JDK or HttpClient throws in such a case. So this is the cause of another exception
 * of that class, with the same message; its own cause is the original one. {@link EvenkeelException#in(Throwable)} finds it.
 */
public final class NetworkException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    private final Phase phase;

    public NetworkException(
            String message,
            String client,
            String route,
            String reason,
            Phase phase,
            Sent sent,
            Duration elapsed,
            IOException cause) {
        super(message, client, route, reason, sent, elapsed, cause);
        this.phase = phase;
    }

    /** {@return how far the call had got} */
    public Phase phase() {
        return this.phase;
    }

    /** What a call does, in this order. */
    public enum Phase {
        /** The name of the host is resolved. */
        RESOLVING,
        /** A TCP connection is opened, or a tunnel through a proxy. */
        CONNECTING,
        /** TLS begins on it. */
        HANDSHAKE,
        /** The request is written. */
        SENDING,
        /** The head of the response is waited for and read. */
        WAITING,
        /** The body of the response is read. */
        READING
    }
}

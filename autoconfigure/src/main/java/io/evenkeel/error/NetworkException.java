// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import io.evenkeel.event.CallPhase;
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

    private final CallPhase phase;

    public NetworkException(
            String message,
            String client,
            String route,
            String reason,
            CallPhase phase,
            Sent sent,
            Duration elapsed,
            IOException cause) {
        super(message, client, route, reason, sent, elapsed, cause);
        this.phase = phase;
    }

    /** {@return how far the call had got} */
    public CallPhase phase() {
        return this.phase;
    }
}

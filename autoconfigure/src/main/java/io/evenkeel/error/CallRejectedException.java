// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The call was not made, because a rule of the client, or its proxy, forbade it. The request was not sent. */
public final class CallRejectedException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    private final Reason rejection;

    public CallRejectedException(String message, String client, String route, Reason reason, Duration elapsed) {
        this(message, client, route, reason, elapsed, null);
    }

    /** @param cause what another library says to it, if that is what decided */
    public CallRejectedException(
            String message, String client, String route, Reason reason, Duration elapsed, @Nullable Throwable cause) {
        super(message, client, route, reason.name().toLowerCase(Locale.ROOT), Sent.NO, elapsed, cause);
        this.rejection = reason;
    }

    /** {@return which rule it was} */
    public Reason rejection() {
        return this.rejection;
    }

    /** Which rule it was. */
    public enum Reason {
        /** The pool of the client is closed: the application is going down. */
        SHUTTING_DOWN,
        /** All connections to the route were in use, and calls are not to wait ({@code pool.acquire-timeout: 0}). */
        POOL_EXHAUSTED,
        /** The circuit breaker of the route is open. The cause is Resilience4j's {@code CallNotPermittedException}. */
        CIRCUIT_OPEN,
        /** Nothing was left of the deadline when the call began. */
        NO_TIME_LEFT,
        /** Look-ups of host names hang, as many as may. */
        LOOKUPS_STUCK,
        /** The address filter refuses every address of the host. */
        ADDRESS_REFUSED,
        /** The proxy does not let the client through without other credentials. */
        PROXY_AUTHENTICATION
    }
}

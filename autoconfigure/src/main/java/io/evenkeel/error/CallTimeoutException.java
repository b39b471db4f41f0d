// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.error;

import io.evenkeel.event.CallPhase;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call was not over in time, and was ended: {@code evenkeel.call-timeout}, or a deadline that the request, the code around it,
 * or who called the application has set. Its cause is what the call met when its connection was taken away, if anything.
 */
public final class CallTimeoutException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    private final CallPhase phase;
    private final Duration limit;
    private final EnumMap<CallPhase, Duration> spent;

    /**
     * @param reason {@code call_timeout}, or {@code deadline} if it was not the client's own limit
     * @param spent the time in each phase that it came to
     * @param limit what the call was given
     */
    public CallTimeoutException(
            String message,
            String client,
            String route,
            String reason,
            CallPhase phase,
            Map<CallPhase, Duration> spent,
            Duration limit,
            Sent sent,
            Duration elapsed,
            @Nullable Throwable cause) {
        super(message, client, route, reason, sent, elapsed, cause);
        this.phase = phase;
        this.limit = limit;
        this.spent = new EnumMap<>(CallPhase.class);
        this.spent.putAll(spent);
    }

    /** {@return what the call did when its time was over} */
    public CallPhase phase() {
        return this.phase;
    }

    /** {@return the time that the call was given} */
    public Duration limit() {
        return this.limit;
    }

    /** {@return the time that it spent in each phase that it came to} */
    public Map<CallPhase, Duration> spent() {
        return Collections.unmodifiableMap(this.spent);
    }
}

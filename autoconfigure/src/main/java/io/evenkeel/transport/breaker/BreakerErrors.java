// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.breaker;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.policy.breaker.OpenCircuit;
import io.evenkeel.transport.support.Origins;
import io.evenkeel.transport.support.Texts;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;

/** What a caller is told whose request was not sent, as a circuit breaker is open. */
final class BreakerErrors {

    private final String client;
    private final String keyPrefix;

    BreakerErrors(String client, String keyPrefix) {
        this.client = client;
        this.keyPrefix = keyPrefix;
    }

    CallRejectedException refused(String method, HttpRoute route, OpenCircuit circuit) {
        String origin = Origins.of(route);
        String message = "Client '%s' did not send %s %s: circuit breaker '%s' %s.%s%s"
                .formatted(
                        this.client, method, origin, circuit.breaker(), state(circuit), last(circuit), remedy(circuit));
        return new CallRejectedException(
                message,
                this.client,
                origin,
                CallRejectedException.Reason.CIRCUIT_OPEN,
                Duration.ZERO,
                circuit.cause());
    }

    private static String state(OpenCircuit circuit) {
        return switch (circuit.kind()) {
            case OPEN -> "is open, as " + reason(circuit);
            case TRYING -> "is half-open, and other attempts are under way that decide";
            case FORCED -> "was opened by hand";
        };
    }

    private static String reason(OpenCircuit circuit) {
        boolean slow = circuit.failed() < circuit.slow();
        int count = slow ? circuit.slow() : circuit.failed();
        int all = Math.max(1, circuit.attempts());
        return "%d of %d attempts (%d%%) %s"
                .formatted(count, circuit.attempts(), 100L * count / all, slow ? "were slow" : "failed");
    }

    private static String last(OpenCircuit circuit) {
        return (circuit.lastFailure() != null) ? " The last failure was %s.".formatted(circuit.lastFailure()) : "";
    }

    private String remedy(OpenCircuit circuit) {
        Duration left = circuit.untilTrial();
        String next = (left != null) ? " The next attempt is let through in %s.".formatted(Texts.duration(left)) : "";
        return "%s See %s.circuit-breaker.".formatted(next, this.keyPrefix);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.deadline.Deadlines;
import io.evenkeel.event.CallPhase;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.support.Texts;
import java.time.Duration;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The read timeout that a request had.
 *
 * @param limit its value
 * @param source where it can be changed
 */
record ReadLimit(Duration limit, String source) {

    static ReadLimit of(ClientSpec spec, HttpClientContext context, @Nullable Exchange exchange, CallPhase phase) {
        String key = spec.bootKey("read-timeout");
        ReadLimit limit = ofRequest(spec, key, context, exchange);
        Duration attempt = spec.retry().attemptTimeout();
        return (spec.retry().enabled()
                        && !attempt.isZero()
                        && phase != CallPhase.READING
                        && (limit.limit.isZero() || attempt.compareTo(limit.limit) < 0))
                ? new ReadLimit(attempt, spec.keyPrefix() + ".retry.attempt-timeout")
                : limit;
    }

    private static ReadLimit ofRequest(
            ClientSpec spec, String key, HttpClientContext context, @Nullable Exchange exchange) {
        Timeout ofRequest = context.getRequestConfigOrDefault().getResponseTimeout();
        if (ofRequest != null) {
            boolean same = ofRequest.toDuration().equals(spec.readTimeout());
            return new ReadLimit(
                    ofRequest.toDuration(),
                    same
                            ? key
                            : "its attribute " + Deadlines.READ_TIMEOUT
                                    + ", or the response timeout of its RequestConfig");
        }
        Timeout dialed = (exchange != null) ? exchange.dialedTimeout() : null;
        return (dialed != null)
                ? new ReadLimit(dialed.toDuration(), key + ", or what a customizer of the connections sets")
                : new ReadLimit(spec.readTimeout(), key);
    }

    /** {@return the limit, and what it is a limit of} */
    String text(CallPhase phase) {
        return "limit " + Texts.duration(this.limit) + ((phase == CallPhase.READING) ? " for each read" : "");
    }
}

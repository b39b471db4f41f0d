// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.IdleTimeoutRule;
import io.evenkeel.policy.KeepAliveHint;
import io.evenkeel.policy.PoolLimits;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;

/** Keeps a connection as long as the server's hint allows, or as long as is safe without one. */
final class HintedKeepAliveStrategy implements ConnectionKeepAliveStrategy {

    /** HttpClient takes zero for "for ever"; this is the closest to "not at all". */
    private static final TimeValue NOT_AT_ALL = TimeValue.ofNanoseconds(1);

    private final PoolLimits limits;
    private final TimeValue unknown;

    HintedKeepAliveStrategy(PoolLimits limits) {
        this.limits = limits;
        this.unknown = TimeValue.of(limits.idleTimeout());
    }

    @Override
    public TimeValue getKeepAliveDuration(HttpResponse response, HttpContext context) {
        Header[] fields = response.getHeaders("Keep-Alive");
        if (fields.length == 0) {
            return this.unknown;
        }
        List<String> values = new ArrayList<>(fields.length);
        for (Header field : fields) {
            if (field.getValue() != null) {
                values.add(field.getValue());
            }
        }
        var bound = IdleTimeoutRule.bound(KeepAliveHint.parse(values), this.limits);
        return bound.isZero() ? NOT_AT_ALL : TimeValue.of(bound);
    }
}

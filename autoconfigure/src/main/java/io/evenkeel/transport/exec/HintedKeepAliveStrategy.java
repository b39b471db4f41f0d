// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.idle.KeepAliveHint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;

/** Keeps a connection as long as the server's hint allows; without one, the pool decides. */
public final class HintedKeepAliveStrategy implements ConnectionKeepAliveStrategy {

    /** What HttpClient, and the pool, takes for no bound. */
    private static final TimeValue UNKNOWN = TimeValue.NEG_ONE_MILLISECOND;

    /** HttpClient takes zero for "for ever"; this is the closest to "not at all". */
    private static final TimeValue NOT_AT_ALL = TimeValue.ofNanoseconds(1);

    private final PoolLimits limits;

    public HintedKeepAliveStrategy(PoolLimits limits) {
        this.limits = limits;
    }

    @Override
    public TimeValue getKeepAliveDuration(HttpResponse response, HttpContext context) {
        Header[] fields = response.getHeaders("Keep-Alive");
        if (fields.length == 0) {
            return UNKNOWN;
        }
        List<String> values = new ArrayList<>(fields.length);
        for (Header field : fields) {
            if (field.getValue() != null) {
                values.add(field.getValue());
            }
        }
        Duration bound = KeepAliveHint.parse(values).bound(this.limits.maxIdleTimeout());
        if (bound == null) {
            return UNKNOWN;
        }
        return bound.isZero() ? NOT_AT_ALL : TimeValue.of(bound);
    }
}

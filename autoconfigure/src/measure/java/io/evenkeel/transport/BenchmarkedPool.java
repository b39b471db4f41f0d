// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.pool.PoolRig;
import io.evenkeel.transport.spec.ClientSpec;
import java.time.Duration;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;

/** A connection manager with room for everything that a benchmark opens, and how to close it. */
record BenchmarkedPool(HttpClientConnectionManager manager, Runnable closing) {

    private static final int PER_ROUTE = 64;
    private static final int TOTAL = 10_000;

    static BenchmarkedPool of(PoolBenchmark.Kind kind) {
        return switch (kind) {
            case EVENKEEL -> evenkeel();
            case STRICT -> stock(PoolConcurrencyPolicy.STRICT);
            case LAX -> stock(PoolConcurrencyPolicy.LAX);
        };
    }

    private static BenchmarkedPool evenkeel() {
        ConnectionPools pools = new ConnectionPools(Ticker.SYSTEM, ConnectionListener.NONE);
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(
                        PoolingHttpClientConnectionManagerBuilder.create().build());
        HttpClientAssembly assembly = pools.assemble(new ClientSpec(
                "benchmark",
                "evenkeel",
                PoolRig.limits(PER_ROUTE, 0, PoolRig.LIMITS.overflowLinger(), TOTAL),
                TimeLimits.DEFAULTS,
                ReplaySettings.DEFAULTS,
                RetrySettings.DEFAULTS,
                null,
                ResponseLimits.DEFAULTS,
                null,
                null,
                ProxySettings.NONE,
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                true));
        assembly.applyDefaults(builder);
        assembly.attaching(false).accept(builder);
        return new BenchmarkedPool(builder.getConnManager(), pools::close);
    }

    private static BenchmarkedPool stock(PoolConcurrencyPolicy policy) {
        PoolingHttpClientConnectionManager manager = PoolingHttpClientConnectionManagerBuilder.create()
                .setPoolConcurrencyPolicy(policy)
                .setMaxConnPerRoute(PER_ROUTE)
                .setMaxConnTotal(TOTAL)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setValidateAfterInactivity(TimeValue.NEG_ONE_MILLISECOND)
                        .build())
                .build();
        return new BenchmarkedPool(manager, () -> manager.close(CloseMode.IMMEDIATE));
    }

    void close() {
        this.closing.run();
    }
}

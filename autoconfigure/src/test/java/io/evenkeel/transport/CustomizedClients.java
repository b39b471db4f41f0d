// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.testing.TestTls;
import io.evenkeel.transport.pool.PoolRig;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.spec.TlsMaterial;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;

/** Makes clients as they are if a user's customizer touched Boot's builder: their own manager goes on dialing. */
final class CustomizedClients {

    private CustomizedClients() {}

    static CloseableHttpClient on(TestClient client) {
        return on(client, Duration.ofSeconds(5), builder -> {});
    }

    /** {@return a client on the pools of the given one, with timeouts where Boot sets them} */
    static CloseableHttpClient on(
            TestClient client, Duration readTimeout, Consumer<PoolingHttpClientConnectionManagerBuilder> customizer) {
        return on(client, readTimeout, customizer, builder -> {});
    }

    static CloseableHttpClient on(
            TestClient client,
            Duration readTimeout,
            Consumer<PoolingHttpClientConnectionManagerBuilder> customizer,
            Consumer<HttpClientBuilder> httpCustomizer) {
        return on(
                client, new TlsMaterial(TestTls.clientContext(), null, null), readTimeout, customizer, httpCustomizer);
    }

    static CloseableHttpClient on(
            TestClient client,
            TlsMaterial tls,
            Duration readTimeout,
            Consumer<PoolingHttpClientConnectionManagerBuilder> customizer,
            Consumer<HttpClientBuilder> httpCustomizer) {
        Duration connectTimeout = Duration.ofSeconds(2);
        HttpClientAssembly assembly = client.pools.assemble(new ClientSpec(
                "default",
                "evenkeel",
                PoolRig.LIMITS,
                TimeLimits.DEFAULTS,
                ReplaySettings.DEFAULTS,
                RetrySettings.DEFAULTS,
                null,
                ResponseLimits.DEFAULTS,
                tls,
                null,
                ProxySettings.NONE,
                connectTimeout,
                readTimeout,
                true));
        PoolingHttpClientConnectionManagerBuilder manager = PoolingHttpClientConnectionManagerBuilder.create()
                .useSystemProperties()
                .setTlsSocketStrategy(assembly.tlsStrategy(null))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connectTimeout.toMillis(), TimeUnit.MILLISECONDS)
                        .setSocketTimeout((int) readTimeout.toMillis(), TimeUnit.MILLISECONDS)
                        .build());
        customizer.accept(manager);
        HttpClientBuilder builder =
                HttpClientBuilder.create().useSystemProperties().setConnectionManager(manager.build());
        RequestConfig.Builder requestConfig = RequestConfig.custom().setCookieSpec("ignore");
        assembly.applyRequestDefaults(requestConfig);
        builder.setDefaultRequestConfig(requestConfig.build());
        assembly.applyDefaults(builder);
        assembly.applyRedirects(builder);
        httpCustomizer.accept(builder);
        assembly.attaching(true).accept(builder);
        return builder.build();
    }
}

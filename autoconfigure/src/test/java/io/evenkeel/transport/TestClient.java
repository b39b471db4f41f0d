// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.TestTls;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.pool.PoolRig;
import io.evenkeel.transport.spec.AddressFilter;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.spec.TlsMaterial;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;

/**
 * An HTTP client on pools of its own, put together as the request factory builder does it. Whatever a test does to it,
 * the leak check that it registers with sees that nothing is left.
 */
public final class TestClient implements AutoCloseable {

    /**
     * What a client may differ in. {@link #DEFAULTS} is a client that nobody configured, but for one thing: it does not
     * learn idle timeouts. With learning a POST rides a connection only a tenth of a second after its last use, so that a
     * machine that pauses would decide what a test sees.
     */
    public record Settings(
            PoolLimits limits,
            TimeLimits times,
            ReplaySettings replay,
            ResponseLimits responseLimits,
            TlsMaterial tls,
            AddressFilter addressFilter,
            ProxySettings proxy,
            DnsResolver resolver,
            Duration connectTimeout,
            Duration readTimeout,
            Ticker ticker,
            Consumer<HttpClientBuilder> customizer) {

        static final Settings DEFAULTS = new Settings(
                PoolRig.LIMITS,
                TimeLimits.DEFAULTS,
                ReplaySettings.DEFAULTS,
                ResponseLimits.DEFAULTS,
                null,
                null,
                ProxySettings.NONE,
                SystemDefaultDnsResolver.INSTANCE,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Ticker.SYSTEM,
                builder -> {});

        public Settings limits(int maxSize, int maxOverflow) {
            PoolLimits l = this.limits;
            return limits(new PoolLimits(
                    maxSize,
                    maxOverflow,
                    l.overflowLinger(),
                    l.maxIdle(),
                    l.acquireTimeout(),
                    l.idleTimeout(),
                    l.maxIdleTimeout(),
                    l.learnIdleTimeout(),
                    l.maxLifetime()));
        }

        public Settings learning(boolean learning) {
            PoolLimits l = this.limits;
            return limits(new PoolLimits(
                    l.maxSize(),
                    l.maxOverflow(),
                    l.overflowLinger(),
                    l.maxIdle(),
                    l.acquireTimeout(),
                    l.idleTimeout(),
                    l.maxIdleTimeout(),
                    learning,
                    l.maxLifetime()));
        }

        public Settings limits(PoolLimits limits) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings times(TimeLimits times) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings replay(boolean enabled) {
            return replay(new ReplaySettings(enabled, replay.idempotencyHeader()));
        }

        public Settings responseLimits(ResponseLimits responseLimits) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings replay(ReplaySettings replay) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings tls(TlsMaterial tls) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings addressFilter(AddressFilter addressFilter) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings proxy(ProxySettings proxy) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings resolver(DnsResolver resolver) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings connectTimeout(Duration connectTimeout) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings readTimeout(Duration readTimeout) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings ticker(Ticker ticker) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }

        public Settings customizer(Consumer<HttpClientBuilder> customizer) {
            return new Settings(
                    limits,
                    times,
                    replay,
                    responseLimits,
                    tls,
                    addressFilter,
                    proxy,
                    resolver,
                    connectTimeout,
                    readTimeout,
                    ticker,
                    customizer);
        }
    }

    /** What came back. */
    public record Reply(int status, String body) {}

    final RecordingListener events = new RecordingListener();
    public final ConnectionPools pools;
    private final Settings settings;
    private final CloseableHttpClient client;

    private TestClient(Settings settings) {
        this.settings = settings;
        this.pools = new ConnectionPools(settings.ticker(), this.events, settings.resolver());
        this.client = another();
    }

    /** A client with the given changes to the defaults; it trusts the test CA. */
    public static TestClient with(LeakCheck leaks, UnaryOperator<Settings> changes) {
        TlsMaterial trusting = new TlsMaterial(TestTls.clientContext(), null, null);
        TestClient client = new TestClient(changes.apply(Settings.DEFAULTS.tls(trusting)));
        leaks.closeAfter(client);
        leaks.watchLeases("pools of the test", client::active);
        return client;
    }

    public static TestClient withDefaults(LeakCheck leaks) {
        return with(leaks, settings -> settings);
    }

    /** {@return another HTTP client with the same settings on the same pools, as another injected builder makes it} */
    CloseableHttpClient another() {
        return another(this.settings);
    }

    CloseableHttpClient another(Settings settings) {
        HttpClientBuilder builder = HttpClientBuilder.create()
                .useSystemProperties()
                .setConnectionManager(
                        PoolingHttpClientConnectionManagerBuilder.create().build());
        HttpClientAssembly assembly = this.pools.assemble(new ClientSpec(
                "default",
                "evenkeel",
                settings.limits(),
                settings.times(),
                settings.replay(),
                settings.responseLimits(),
                settings.tls(),
                settings.addressFilter(),
                settings.proxy(),
                settings.connectTimeout(),
                settings.readTimeout(),
                true));
        RequestConfig.Builder requestConfig = RequestConfig.custom().setCookieSpec("ignore");
        assembly.applyRequestDefaults(requestConfig);
        builder.setDefaultRequestConfig(requestConfig.build());
        assembly.applyDefaults(builder);
        assembly.applyRedirects(builder);
        settings.customizer().accept(builder);
        assembly.attaching(false).accept(builder);
        return builder.build();
    }

    TlsMaterial tls() {
        return this.settings.tls();
    }

    public CloseableHttpClient http() {
        return this.client;
    }

    public Reply get(URI uri) throws IOException {
        return send("GET", uri, null);
    }

    Reply post(URI uri, String body) throws IOException {
        return send("POST", uri, new StringEntity(body, StandardCharsets.UTF_8));
    }

    Reply send(String method, URI uri, HttpEntity entity) throws IOException {
        return send(this.client, method, uri, entity);
    }

    static Reply send(CloseableHttpClient client, String method, URI uri, HttpEntity entity) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
        request.setEntity(entity);
        return client.execute(request, response -> {
            HttpEntity body = response.getEntity();
            return new Reply(response.getCode(), (body != null) ? EntityUtils.toString(body) : "");
        });
    }

    public int active() {
        return sum(RouteSnapshot::active);
    }

    public int idle() {
        return sum(RouteSnapshot::idle);
    }

    int pending() {
        return sum(RouteSnapshot::pending);
    }

    private int sum(ToIntFunction<RouteSnapshot> count) {
        return this.pools.snapshot().stream()
                .map(PoolSnapshot::routes)
                .flatMap(java.util.List::stream)
                .mapToInt(count)
                .sum();
    }

    @Override
    public void close() {
        this.pools.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.breaker.Breakers;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;
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
    public static final class Settings {

        static final Settings DEFAULTS = new Settings();

        private PoolLimits limits = PoolRig.LIMITS;
        private TimeLimits times = TimeLimits.DEFAULTS;
        private ReplaySettings replay = ReplaySettings.DEFAULTS;
        private RetrySettings retry = RetrySettings.DEFAULTS;
        private Breakers breakers;
        private ResponseLimits responseLimits = ResponseLimits.DEFAULTS;
        private TlsMaterial tls;
        private AddressFilter addressFilter;
        private ProxySettings proxy = ProxySettings.NONE;
        private DnsResolver resolver = SystemDefaultDnsResolver.INSTANCE;
        private Duration connectTimeout = Duration.ofSeconds(2);
        private Duration readTimeout = Duration.ofSeconds(5);
        private Ticker ticker = Ticker.SYSTEM;
        private Consumer<HttpClientBuilder> customizer = builder -> {};

        private Settings() {}

        private Settings(Settings other) {
            this.limits = other.limits;
            this.times = other.times;
            this.replay = other.replay;
            this.retry = other.retry;
            this.breakers = other.breakers;
            this.responseLimits = other.responseLimits;
            this.tls = other.tls;
            this.addressFilter = other.addressFilter;
            this.proxy = other.proxy;
            this.resolver = other.resolver;
            this.connectTimeout = other.connectTimeout;
            this.readTimeout = other.readTimeout;
            this.ticker = other.ticker;
            this.customizer = other.customizer;
        }

        /** A change is made to a copy. */
        private Settings with(Consumer<Settings> change) {
            Settings changed = new Settings(this);
            change.accept(changed);
            return changed;
        }

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

        public Settings replay(boolean enabled) {
            return replay(new ReplaySettings(enabled, this.replay.idempotencyHeader()));
        }

        public Settings limits(PoolLimits limits) {
            return with(changed -> changed.limits = limits);
        }

        public Settings times(TimeLimits times) {
            return with(changed -> changed.times = times);
        }

        public Settings replay(ReplaySettings replay) {
            return with(changed -> changed.replay = replay);
        }

        public Settings retry(RetrySettings retry) {
            return with(changed -> changed.retry = retry);
        }

        public Settings breakers(Breakers breakers) {
            return with(changed -> changed.breakers = breakers);
        }

        public Settings responseLimits(ResponseLimits responseLimits) {
            return with(changed -> changed.responseLimits = responseLimits);
        }

        public Settings tls(TlsMaterial tls) {
            return with(changed -> changed.tls = tls);
        }

        public Settings addressFilter(AddressFilter addressFilter) {
            return with(changed -> changed.addressFilter = addressFilter);
        }

        public Settings proxy(ProxySettings proxy) {
            return with(changed -> changed.proxy = proxy);
        }

        public Settings resolver(DnsResolver resolver) {
            return with(changed -> changed.resolver = resolver);
        }

        public Settings connectTimeout(Duration connectTimeout) {
            return with(changed -> changed.connectTimeout = connectTimeout);
        }

        public Settings readTimeout(Duration readTimeout) {
            return with(changed -> changed.readTimeout = readTimeout);
        }

        public Settings ticker(Ticker ticker) {
            return with(changed -> changed.ticker = ticker);
        }

        public Settings customizer(Consumer<HttpClientBuilder> customizer) {
            return with(changed -> changed.customizer = customizer);
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
        this.pools = new ConnectionPools(settings.ticker, this.events, settings.resolver);
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
                settings.limits,
                settings.times,
                settings.replay,
                settings.retry,
                settings.breakers,
                settings.responseLimits,
                settings.tls,
                settings.addressFilter,
                settings.proxy,
                settings.connectTimeout,
                settings.readTimeout,
                true));
        RequestConfig.Builder requestConfig = RequestConfig.custom().setCookieSpec("ignore");
        assembly.applyRequestDefaults(requestConfig);
        builder.setDefaultRequestConfig(requestConfig.build());
        assembly.applyDefaults(builder);
        assembly.applyRedirects(builder);
        settings.customizer.accept(builder);
        assembly.attaching(false).accept(builder);
        return builder.build();
    }

    TlsMaterial tls() {
        return this.settings.tls;
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

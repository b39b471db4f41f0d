// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.TestTls.Identity;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ConnectionPools;
import io.evenkeel.transport.TunnelProxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

/** Whatever a client is made of, it does not talk to a server whose certificate is for another host. */
class HostnameVerificationTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static ScriptedServer right;
    private static ScriptedServer wrong;

    @BeforeAll
    static void start() {
        right = ScriptedServer.https().start();
        wrong = ScriptedServer.https().identity(Identity.WRONG_HOST).start();
    }

    @AfterAll
    static void stop() {
        right.close();
        wrong.close();
    }

    /**
     * What a client is made of.
     *
     * @param protocol of the options of the bundle
     * @param ciphers whether the bundle has its own cipher suites
     * @param registered whether the bundle has a name
     * @param reloads how often it was replaced, while the client existed
     * @param broken whether a replacement that cannot be used came last
     * @param customized whether a customizer of the application touched the builder
     * @param tunnel whether a proxy is in between
     */
    record Making(
            String protocol,
            boolean ciphers,
            boolean registered,
            int reloads,
            boolean broken,
            boolean customized,
            boolean tunnel) {

        SslBundle bundle() {
            String[] suites = !this.ciphers
                    ? null
                    : new String[] {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
            String[] protocols = (this.protocol == null) ? null : new String[] {this.protocol};
            return SslBundle.of(
                    SslStoreBundle.of(null, null, TestTls.trustStore()), null, SslOptions.of(suites, protocols));
        }
    }

    static Stream<Making> makings() {
        List<Making> makings = new ArrayList<>();
        for (String protocol : new String[] {null, "TLSv1.2", "TLSv1.3"}) {
            for (int bits = 0; bits < 32; bits++) {
                boolean registered = (bits & 1) != 0;
                boolean reloaded = (bits & 2) != 0;
                boolean broken = (bits & 4) != 0;
                if (registered || !(reloaded || broken)) {
                    makings.add(new Making(
                            protocol,
                            protocol != null && protocol.endsWith("3"),
                            registered,
                            reloaded ? 2 : 0,
                            broken,
                            (bits & 8) != 0,
                            (bits & 16) != 0));
                }
            }
        }
        return makings.stream();
    }

    @ParameterizedTest
    @MethodSource("makings")
    void aCertificateForAnotherHostIsRefused(Making making) throws Exception {
        DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry();
        SslBundle bundle = making.bundle();
        if (making.registered()) {
            registry.registerBundle("partner", bundle);
        }
        HttpComponentsClientHttpRequestFactory factory = factory(registry, bundle, making.customized());
        check(factory, making.tunnel());
        for (int i = 0; i < making.reloads(); i++) {
            registry.updateBundle("partner", making.bundle());
        }
        if (making.broken()) {
            registry.updateBundle("partner", SslBundle.of(null, null, null, "TLSv9"));
        }
        check(factory, making.tunnel());
    }

    @Test
    void withoutBundleACertificateForAnotherHostIsRefused() throws Exception {
        SSLContext before = SSLContext.getDefault();
        SSLContext.setDefault(TestTls.clientContext());
        try {
            for (boolean customized : new boolean[] {false, true}) {
                for (boolean tunnel : new boolean[] {false, true}) {
                    check(factory(new DefaultSslBundleRegistry(), null, customized), tunnel);
                }
            }
        } finally {
            SSLContext.setDefault(before);
        }
    }

    private HttpComponentsClientHttpRequestFactory factory(
            DefaultSslBundleRegistry registry, SslBundle bundle, boolean customized) throws Exception {
        ConnectionPools pools = this.leaks.closeAfter(new ConnectionPools(Ticker.SYSTEM, ConnectionListener.NONE));
        SslContexts contexts = new SslContexts(pools, ConnectionListener.NONE, registry);
        List<Customizer> customizers = customized ? List.of(new Customizer()) : List.of();
        HttpClientSettings settings = HttpClientSettings.defaults();
        EvenkeelRequestFactoryBuilder builder =
                new EvenkeelRequestFactoryBuilder(pools, contexts, ClientOptions.DEFAULTS, null, customizers, () -> "");
        return builder.build((bundle != null) ? settings.withSslBundle(bundle) : settings);
    }

    private void check(HttpComponentsClientHttpRequestFactory factory, boolean tunnel) throws Exception {
        if (!tunnel) {
            check(factory);
            return;
        }
        Properties before = (Properties) System.getProperties().clone();
        try (TunnelProxy proxy = TunnelProxy.http()) {
            System.setProperty("https.proxyHost", "127.0.0.1");
            System.setProperty("https.proxyPort", String.valueOf(proxy.port()));
            System.setProperty("http.nonProxyHosts", "");
            check(factory);
            assertThat(proxy.tunnels).contains("localhost:" + wrong.port(), "127.0.0.1:" + wrong.port());
        } finally {
            System.setProperties(before);
        }
    }

    private static void check(HttpComponentsClientHttpRequestFactory factory) throws Exception {
        int requests = right.requests().size();
        for (String host : new String[] {"localhost", "127.0.0.1"}) {
            assertThatThrownBy(() -> call(factory, host, wrong))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("subject alternative");
            assertThat(call(factory, host, right)).isEqualTo(200);
        }
        assertThat(wrong.requests()).isEmpty();
        assertThat(right.requests()).hasSize(requests + 2);
    }

    private static int call(HttpComponentsClientHttpRequestFactory factory, String host, ScriptedServer server)
            throws Exception {
        URI uri = URI.create("https://" + host + ":" + server.port() + "/");
        try (ClientHttpResponse response =
                factory.createRequest(uri, HttpMethod.GET).execute()) {
            return response.getStatusCode().value();
        }
    }

    private static final class Customizer
            implements ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> {

        @Override
        public HttpComponentsClientHttpRequestFactoryBuilder customize(
                HttpComponentsClientHttpRequestFactoryBuilder builder) {
            return builder.withSocketConfigCustomizer(socket -> socket.setTcpNoDelay(true));
        }
    }
}

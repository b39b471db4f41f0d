// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import io.evenkeel.transport.ConnectionPools;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.SpkiPinningClientTlsStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** What an application's customizers say of connections stays true on the pool. */
@ExtendWith(OutputCaptureExtension.class)
public class CustomizedConnectionsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void aTlsStrategyOfTheApplicationIsUsed() {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        customized(builder -> builder.withTlsSocketStrategyFactory(
                        bundle -> new DefaultClientTlsStrategy(TestTls.clientContext())))
                .run(context -> {
                    call(context.getBean(RestClient.class), server);
                    call(context.getBean(RestClient.class), server);

                    assertThat(server.connectionsAccepted()).isEqualTo(1);
                    assertThat(idle(context.getBean(ConnectionPools.class))).isEqualTo(1);
                });
    }

    @Test
    void aPinOfTheApplicationHolds() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        String backup = "sha256/" + "A".repeat(43) + "=";
        for (String pin : new String[] {pinOf(TestTls.Identity.SERVER), pinOf(TestTls.Identity.CLIENT)}) {
            customized(builder -> builder.withTlsSocketStrategyFactory(
                            bundle -> SpkiPinningClientTlsStrategy.newBuilder(TestTls.clientContext())
                                    .add("localhost", pin, backup)
                                    .build()))
                    .run(context -> {
                        RestClient client = context.getBean(RestClient.class);
                        String uri = "https://localhost:" + server.port() + "/";
                        if (pin.equals(pinOf(TestTls.Identity.SERVER))) {
                            assertThat(client.get().uri(uri).retrieve().body(String.class))
                                    .isEqualTo("ok");
                        } else {
                            assertThatExceptionOfType(ResourceAccessException.class)
                                    .isThrownBy(() ->
                                            client.get().uri(uri).retrieve().toBodilessEntity())
                                    .withCauseInstanceOf(SSLException.class);
                        }
                    });
        }
        assertThat(server.requests()).hasSize(1);
    }

    private static String pinOf(TestTls.Identity identity) throws Exception {
        KeyStore store = identity.keyStore();
        byte[] key = store.getCertificate(store.aliases().nextElement())
                .getPublicKey()
                .getEncoded();
        return "sha256/"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
    }

    @Test
    void aDnsResolverOfTheApplicationIsUsed() {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        customized(builder -> builder.withDnsResolver(new SystemDefaultDnsResolver() {

                    @Override
                    public InetAddress[] resolve(String host) throws UnknownHostException {
                        return super.resolve(host.equals("service.invalid") ? "127.0.0.1" : host);
                    }
                }))
                .run(context -> assertThat(context.getBean(RestClient.class)
                                .get()
                                .uri("http://service.invalid:" + server.port() + "/")
                                .retrieve()
                                .body(String.class))
                        .isEqualTo("ok"));
    }

    @Test
    void aConnectionThatACustomizedManagerDialedIsLookedAtBeforeItIsReused() {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        customized(builder -> builder.withSocketConfigCustomizer(socket -> socket.setTcpNoDelay(true)))
                .run(context -> {
                    call(context.getBean(RestClient.class), server);
                    server.closeConnections();
                    server.awaitConnectionsOpen(0, Duration.ofSeconds(2));

                    // Not idempotent, so that nothing but the look can save it.
                    context.getBean(RestClient.class)
                            .post()
                            .uri(server.uri("/"))
                            .body("order")
                            .retrieve()
                            .toBodilessEntity();
                    assertThat(server.requestCount("POST")).isEqualTo(1);
                });
    }

    @Test
    void limitsSetInACustomizerAreNamedWithTheKeysThatReplaceThem(CapturedOutput output) {
        customized(builder -> builder.withConnectionManagerCustomizer(manager -> manager.setMaxConnPerRoute(7)))
                .run(context -> {
                    context.getBean(RestClient.class);
                    assertThat(output).contains("per route 7").contains("evenkeel.pool.max-overflow");
                });
    }

    @Test
    void aConnectionManagerOfTheApplicationIsLeftAlone(CapturedOutput output) {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolingHttpClientConnectionManager own = this.leaks.closeAfter(new PoolingHttpClientConnectionManager());
        customized(builder -> builder.withHttpClientCustomizer(client -> client.setConnectionManager(own)))
                .run(context -> {
                    call(context.getBean(RestClient.class), server);

                    assertThat(own.getTotalStats().getAvailable()).isEqualTo(1);
                    assertThat(context.getBean(ConnectionPools.class).snapshot())
                            .isEmpty();
                    assertThat(output).contains("keeps the connection manager that a customizer has set");
                });
    }

    private static int idle(ConnectionPools pools) {
        return pools.snapshot().stream()
                .flatMap(pool -> pool.routes().stream())
                .mapToInt(route -> route.idle())
                .sum();
    }

    private static void call(RestClient client, ScriptedServer server) {
        assertThat(client.get().uri(server.uri("/")).retrieve().body(String.class))
                .isEqualTo("ok");
    }

    private static ApplicationContextRunner customized(
            UnaryOperator<HttpComponentsClientHttpRequestFactoryBuilder> customization) {
        return Contexts.plain()
                .withBean(
                        "customizer",
                        ClientHttpRequestFactoryBuilderCustomizer.class,
                        () -> new Customizer(customization));
    }

    public record Customizer(UnaryOperator<HttpComponentsClientHttpRequestFactoryBuilder> customization)
            implements ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> {

        @Override
        public HttpComponentsClientHttpRequestFactoryBuilder customize(
                HttpComponentsClientHttpRequestFactoryBuilder builder) {
            return this.customization.apply(builder);
        }
    }
}

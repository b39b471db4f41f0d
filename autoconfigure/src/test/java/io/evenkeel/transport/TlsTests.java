// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.testing.Handshake;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.TestTls.Identity;
import io.evenkeel.transport.spec.TlsMaterial;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTests {

    private static final int CLIENTS = 200;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void clientsWithTheSameMaterialResumeEachOthersSessions(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TlsMaterial material = new TlsMaterial(TestTls.clientContext(), null, null);
        TestClient first =
                TestClient.with(this.leaks, settings -> settings.tls(material).limits(0, 100));
        TestClient.Settings settings =
                TestClient.Settings.DEFAULTS.tls(material).limits(0, 100);

        long start = System.nanoTime();
        for (int i = 0; i < CLIENTS; i++) {
            TestClient.send(first.another(settings), "GET", server.uri("/"), null);
        }
        long took = System.nanoTime() - start;

        List<Handshake> handshakes = server.handshakes();
        assertThat(handshakes).hasSize(CLIENTS);
        assertThat(handshakes.get(0).resumed()).isFalse();
        assertThat(handshakes.subList(1, CLIENTS)).allMatch(Handshake::resumed);
        assertThat(first.events.handshakes)
                .isEqualTo(handshakes.stream()
                        .map(handshake -> handshake.resumed() ? HandshakeResult.RESUMED : HandshakeResult.FULL)
                        .toList());
        System.out.printf(
                "%s on %s: %d clients with a call each: %d ms, all but one handshake resumed; stock clients: %s%n",
                wiring, Runtime.version(), CLIENTS, TimeUnit.NANOSECONDS.toMillis(took), stock(wiring));
    }

    /** A context for each client, as HttpClients and Boot's SSL bundles make it. */
    private static String stock(Wiring wiring) throws Exception {
        try (ScriptedServer server = wiring.server().start()) {
            long start = System.nanoTime();
            for (int i = 0; i < CLIENTS; i++) {
                try (CloseableHttpClient client = HttpClients.custom()
                        .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                                .setTlsSocketStrategy(new DefaultClientTlsStrategy(TestTls.clientContext()))
                                .build())
                        .build()) {
                    TestClient.send(client, "GET", server.uri("/"), null);
                }
            }
            return "%d ms, %d resumed"
                    .formatted(
                            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                            server.handshakes().stream()
                                    .filter(Handshake::resumed)
                                    .count());
        }
    }

    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void clientCertificateDoesNotKeepAConnectionFromBeingUsedAgain(Wiring wiring) throws Exception {
        ScriptedServer server =
                this.leaks.server(wiring.server().clientCertificateRequired().start());
        TlsMaterial material = new TlsMaterial(TestTls.clientContext(Identity.CLIENT), null, null);
        TestClient client = TestClient.with(this.leaks, settings -> settings.tls(material));

        for (int i = 0; i < 20; i++) {
            assertThat(client.post(server.uri("/"), "x").status()).isEqualTo(200);
        }

        assertThat(server.handshakes()).extracting(Handshake::client).containsExactly("CN=evenkeel-client");
    }

    @Test
    void clientsWithDifferentMaterialShareNeitherConnectionNorSession() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.https().clientCertificateRequired().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        TestClient.Settings settings = TestClient.Settings.DEFAULTS;
        TlsMaterial with = new TlsMaterial(TestTls.clientContext(Identity.CLIENT), null, null);
        TlsMaterial other = new TlsMaterial(TestTls.clientContext(Identity.CLIENT), null, null);
        TlsMaterial without = new TlsMaterial(TestTls.clientContext(), null, null);

        TestClient.send(client.another(settings.tls(with)), "GET", server.uri("/"), null);
        TestClient.send(client.another(settings.tls(other)), "GET", server.uri("/"), null);
        assertThatThrownBy(() -> TestClient.send(client.another(settings.tls(without)), "GET", server.uri("/"), null))
                .isInstanceOf(IOException.class);
        TestClient.send(client.another(settings.tls(with)), "GET", server.uri("/"), null);

        assertThat(server.connectionsAccepted()).isEqualTo(3);
        assertThat(server.handshakes()).noneMatch(Handshake::resumed);
        assertThat(server.requests()).hasSize(3);
    }

    static Stream<Arguments> untrusted() {
        return Stream.of(Identity.WRONG_HOST, Identity.SELF_SIGNED)
                .flatMap(identity -> Stream.of(true, false)
                        .flatMap(tunnel ->
                                Stream.of(true, false).map(customized -> arguments(identity, tunnel, customized))));
    }

    @ParameterizedTest(name = "{0}, tunnel: {1}, customized: {2}")
    @MethodSource("untrusted")
    void serverThatIsNotToBeTrustedIsRefused(Identity identity, boolean tunnel, boolean customized) throws Exception {
        ScriptedServer server =
                this.leaks.server(ScriptedServer.https().identity(identity).start());
        ScriptedServer good = this.leaks.server(ScriptedServer.https().start());
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.limits(1, 0)
                        .customizer(
                                builder -> builder.setProxy(tunnel ? new HttpHost("127.0.0.1", proxy.port()) : null)));
        CloseableHttpClient http = customized
                ? CustomizedClients.on(
                        client,
                        Duration.ofSeconds(5),
                        manager -> {},
                        builder -> builder.setProxy(tunnel ? new HttpHost("127.0.0.1", proxy.port()) : null))
                : client.http();

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> TestClient.send(http, "GET", server.uri("/"), null))
                    .isInstanceOf(SSLException.class);
            assertThat(client.active()).isZero();
        }

        assertThat(server.requests()).isEmpty();
        assertThat(proxy.tunnels).hasSize(tunnel ? 2 : 0);
        assertThat(client.events.created).containsExactly(CreationResult.TLS, CreationResult.TLS);
        assertThat(client.events.handshakes).containsExactly(HandshakeResult.FAILED, HandshakeResult.FAILED);
        assertThat(TestClient.send(http, "GET", good.uri("/"), null).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tunnelIsKept(boolean customized) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port()))));
        CloseableHttpClient http = customized
                ? CustomizedClients.on(
                        client,
                        Duration.ofSeconds(5),
                        manager -> {},
                        builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port())))
                : client.http();

        for (int i = 0; i < 10; i++) {
            assertThat(TestClient.send(http, "GET", server.uri("/"), null).body())
                    .isEqualTo("ok");
        }

        assertThat(proxy.tunnels).hasSize(1);
        assertThat(client.events.created).containsExactly(CreationResult.SUCCESS);
        assertThat(client.events.closed).isEmpty();
    }

    /** Read on, they would be the answer of the server that TLS has just authenticated. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bytesThatAProxySendsBeforeTheHandshakeAreNotTheAnswerOfTheServer(boolean customized) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        TunnelProxy proxy =
                this.leaks.closeAfter(TunnelProxy.httpThatGoesOn("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON"));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port()))));
        CloseableHttpClient http = customized
                ? CustomizedClients.on(
                        client,
                        Duration.ofSeconds(5),
                        manager -> {},
                        builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port())))
                : client.http();

        assertThatThrownBy(() -> TestClient.send(http, "POST", server.uri("/"), new StringEntity("secret")))
                .isInstanceOfSatisfying(BadResponseException.class, bad -> {
                    assertThat(bad.reason()).isEqualTo("malformed");
                    assertThat(bad.sent()).isEqualTo(Sent.NO);
                    assertThat(bad).hasMessageContaining("through proxy");
                });

        assertThat(server.requests()).isEmpty();
        assertThat(client.active()).isZero();
        assertThat(client.idle()).isZero();
        assertThat(client.events.failures).containsExactly(FailureReason.MALFORMED);
    }

    @Test
    void openingThatFailsIsAnError() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.https().identity(Identity.SELF_SIGNED).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(SSLException.class);

        assertThat(client.events.closed).containsExactly(CloseReason.ERROR);
    }

    @Test
    void httpsToAPlainPortIsAClearError() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        URI secure = URI.create("https://127.0.0.1:" + server.port() + "/");
        server.stopListening();
        ScriptedServer babbling = this.leaks.server(ScriptedServer.http()
                .onEveryAccept(io.evenkeel.testing.Effect.write("HTTP/1.1 400 Bad Request\r\n\r\n"))
                .start());

        assertThatThrownBy(() -> client.get(secure)).isInstanceOf(java.net.ConnectException.class);
        assertThatThrownBy(() -> client.get(URI.create("https://127.0.0.1:" + babbling.port() + "/")))
                .isInstanceOf(SSLException.class);

        assertThat(client.active()).isZero();
        assertThat(client.events.created).containsExactly(CreationResult.CONNECT, CreationResult.TLS);
    }

    @Test
    void httpToATlsPortIsAnError() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        assertThatThrownBy(() -> client.get(URI.create("http://127.0.0.1:" + server.port() + "/")))
                .isInstanceOf(IOException.class);

        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @Test
    void handshakeThatNobodyAnswersEndsWithTheConnectTimeout() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https()
                .onConnection(
                        0, script -> script.at(io.evenkeel.testing.Moment.ACCEPT, io.evenkeel.testing.Effect.stall()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.connectTimeout(Duration.ofMillis(200)));

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(IOException.class);

        assertThat(client.events.created).containsExactly(CreationResult.TLS);
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }
}

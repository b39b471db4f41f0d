// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.rst;
import static io.evenkeel.testing.Effect.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureReason;
import io.evenkeel.policy.NonProxyHosts;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy in the way: what it may do to a call. Bytes that it sends before TLS are in {@link TlsTests}. */
class ProxyTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    static ProxySettings through(int port) {
        return new ProxySettings(
                new ProxyServer("127.0.0.1", port, null, new NonProxyHosts(java.util.List.of())),
                ProxySettings.Filter.REFUSE);
    }

    private TestClient clientThrough(int port) {
        return TestClient.with(this.leaks, settings -> settings.proxy(through(port)));
    }

    private ScriptedServer start(ServerScript script) {
        return this.leaks.server(script.start());
    }

    // --- forwarding and tunnels -------------------------------------------------------------------------------------

    @Test
    void plainRequestsAreForwarded() throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http());
        TestClient client = clientThrough(proxy.port());

        for (String host : new String[] {"one.invalid", "two_names.invalid", "one.invalid"}) {
            assertThat(client.get(URI.create("http://" + host + "/x")).status()).isEqualTo(200);
        }

        assertThat(proxy.requests()).extracting(Request::target).startsWith("http://one.invalid/x");
        // Connections are kept for a target, whoever is at their end.
        assertThat(proxy.connectionsAccepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 Connection established\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\n",
                "HTTP/1.1 201 Created\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 299 Whatever\r\nContent-Length: 7\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            })
    void anyAnswerFrom200To299OpensTheTunnel(String answer) throws Exception {
        ScriptedServer server = start(ScriptedServer.https());
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.answering(answer));
        TestClient client = clientThrough(proxy.port());

        for (int i = 0; i < 10; i++) {
            assertThat(client.post(server.uri("/"), "x").body()).isEqualTo("ok");
        }

        assertThat(proxy.tunnels).containsExactly("127.0.0.1:" + server.port());
        assertThat(client.events.created).containsExactly(CreationResult.SUCCESS);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 403, 404, 429, 500, 502, 503, 504})
    void aRefusedTunnelIsAFailureToConnectAndNoAnswerOfTheServer(int status) throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http()
                .byDefault(status(status)
                        .header("Location", "https://evil.invalid/")
                        .body("secret of the proxy")));
        TestClient client = clientThrough(proxy.port());

        assertThatThrownBy(() -> client.post(URI.create("https://origin.invalid/path?query"), "x"))
                .isInstanceOf(HttpHostConnectException.class)
                .hasMessageStartingWith(
                        "Connect to https://origin.invalid through proxy 127.0.0.1:%d failed: the proxy answered CONNECT with %d (client"
                                .formatted(proxy.port(), status));

        assertThat(client.events.created).containsExactly(CreationResult.PROXY);
        assertThat(client.events.failures).containsExactly(FailureReason.CONNECT);
        assertThat(client.active()).isZero();
        assertThat(proxy.requests()).hasSize(1);
    }

    /** What a proxy does behind the CONNECT. */
    enum End {
        FIN,
        RST
    }

    @ParameterizedTest
    @EnumSource
    void aProxyThatClosesTheConnectionIsAskedOncePerCall(End end) throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, (end == End.FIN) ? fin() : rst())));
        TestClient client = clientThrough(proxy.port());

        for (int i = 0; i < 6; i++) {
            assertThatThrownBy(() -> client.get(URI.create("https://origin.invalid/")))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("through proxy 127.0.0.1:" + proxy.port());
        }

        assertThat(proxy.connectionsAccepted()).isEqualTo(6);
        assertThat(client.events.created).hasSize(6).containsOnly(CreationResult.PROXY);
        assertThat(client.events.failures).hasSize(6).containsOnly(FailureReason.CONNECT);
        assertThat(client.active()).isZero();
    }

    @Test
    void aProxyThatSwitchesProtocolsIsNotWaitedFor() throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http()
                .byDefault(raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"))
                .onEveryRequest(request -> request.then(stall())));
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.proxy(through(proxy.port())).readTimeout(Duration.ofMinutes(5)));

        assertThatThrownBy(() -> client.get(URI.create("https://origin.invalid/")))
                .isInstanceOf(BadResponseException.class)
                .hasMessageContaining("through proxy");

        assertThat(client.active()).isZero();
        proxy.release();
    }

    @Test
    void aProxyThatIsSilentBehindConnectIsGivenTheReadTimeout() throws Exception {
        ScriptedServer proxy =
                start(ScriptedServer.http().onEveryRequest(request -> request.at(Moment.REQUEST_BODY, stall())));
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.proxy(through(proxy.port())).readTimeout(Duration.ofMillis(300)));

        assertThatThrownBy(() -> client.get(URI.create("https://origin.invalid/")))
                .isInstanceOf(ConnectTimeoutException.class)
                .hasMessageContaining("did not answer CONNECT in time (spring.http.clients.read-timeout)");

        assertThat(client.events.failures).containsExactly(FailureReason.CONNECT);
        assertThat(client.active()).isZero();
        proxy.release();
    }

    @Test
    void aServerThatIsSilentBehindTheTunnelIsGivenTheConnectTimeout() throws Exception {
        ScriptedServer server = start(ScriptedServer.https().onEveryAccept(stall()));
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.proxy(through(proxy.port()))
                        .connectTimeout(Duration.ofMillis(300))
                        .readTimeout(Duration.ofMinutes(5)));

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(ConnectTimeoutException.class)
                .hasMessageContaining("no TLS connection within 300ms (spring.http.clients.connect-timeout)");

        assertThat(client.events.created).containsExactly(CreationResult.TLS);
        assertThat(client.active()).isZero();
        server.release();
    }

    @Test
    void aProxyThatIsGoneIsGivenTheConnectTimeout() throws Exception {
        ScriptedServer hole = start(ScriptedServer.http().backlog(1).withoutAccepting());
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.proxy(through(hole.port())).connectTimeout(Duration.ofMillis(300)));
        try (Socket first = new Socket("127.0.0.1", hole.port());
                Socket second = new Socket("127.0.0.1", hole.port())) {
            assertThatThrownBy(() -> client.get(URI.create("https://origin.invalid/")))
                    .isInstanceOf(ConnectTimeoutException.class)
                    .hasMessageContaining("127.0.0.1:" + hole.port())
                    .hasMessageContaining("(spring.http.clients.connect-timeout)");
        }
        assertThat(client.events.created).containsExactly(CreationResult.PROXY);
    }

    @Test
    void anAnswerOfTheServerInTheTunnelIsItsOwn() throws Exception {
        ScriptedServer server =
                start(ScriptedServer.https().byDefault(status(407).header("Proxy-Authenticate", "Basic realm=\"x\"")));
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        TestClient client = clientThrough(proxy.port());

        assertThat(client.get(server.uri("/")).status()).isEqualTo(407);
    }

    // --- which proxy ------------------------------------------------------------------------------------------------

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void thatOfTheClientWinsOverThoseOfTheJvm() throws Exception {
        ScriptedServer ofJvm = start(ScriptedServer.http());
        ScriptedServer ofClient = start(ScriptedServer.http());
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", String.valueOf(ofJvm.port()));
        System.setProperty("socksProxyHost", "127.0.0.1");
        System.setProperty("socksProxyPort", "1");
        try {
            clientThrough(ofClient.port()).get(URI.create("http://service.invalid/"));
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            System.clearProperty("socksProxyHost");
            System.clearProperty("socksProxyPort");
        }

        assertThat(ofClient.requests()).hasSize(1);
        assertThat(ofJvm.connectionsAccepted()).isZero();
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void thoseOfTheJvmAreReadAtEachCall() throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http());
        ScriptedServer server = start(ScriptedServer.http());
        URI uri = URI.create("http://localhost:" + server.port() + "/");
        TestClient client = TestClient.withDefaults(this.leaks);
        String before = System.getProperty("http.nonProxyHosts");
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", String.valueOf(proxy.port()));
        try {
            System.setProperty("http.nonProxyHosts", "localhost");
            client.get(uri);
            System.setProperty("http.nonProxyHosts", "");
            client.get(uri);
            System.setProperty("http.nonProxyHosts", "local*");
            client.get(uri);
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            if (before == null) {
                System.clearProperty("http.nonProxyHosts");
            } else {
                System.setProperty("http.nonProxyHosts", before);
            }
        }

        assertThat(server.requests()).hasSize(2);
        assertThat(proxy.requests()).hasSize(1);
    }

    @Test
    void hostsThatNeedNoneAreCalledDirectly() throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http());
        ScriptedServer server = start(ScriptedServer.http());
        ProxySettings settings = new ProxySettings(
                new ProxyServer("127.0.0.1", proxy.port(), null, NonProxyHosts.LOCAL), ProxySettings.Filter.REFUSE);
        TestClient client = TestClient.with(this.leaks, all -> all.proxy(settings));

        client.get(URI.create("http://localhost:" + server.port() + "/"));
        client.get(server.uri("/"));

        assertThat(server.requests()).hasSize(2);
        assertThat(proxy.connectionsAccepted()).isZero();
    }

    @Test
    void aCustomizerThatSetsAnotherProxyWins() throws Exception {
        ScriptedServer ofClient = start(ScriptedServer.http());
        ScriptedServer ofUser = start(ScriptedServer.http());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.proxy(through(ofClient.port()))
                        .customizer(builder ->
                                builder.setProxy(new org.apache.hc.core5.http.HttpHost("127.0.0.1", ofUser.port()))));

        client.get(URI.create("http://service.invalid/"));

        assertThat(ofUser.requests()).hasSize(1);
        assertThat(ofClient.connectionsAccepted()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aProxyOfTheJvmThatAsksForCredentialsIsToldApartFromTheServer(String scheme) throws Exception {
        ScriptedServer proxy =
                start(ScriptedServer.http().byDefault(status(407).header("Proxy-Authenticate", "Basic realm=\"x\"")));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(
                        builder -> builder.setProxy(new org.apache.hc.core5.http.HttpHost("127.0.0.1", proxy.port()))));

        assertThatThrownBy(() -> client.get(URI.create(scheme + "://origin.invalid/")))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("evenkeel.proxy.url")
                .hasMessageContaining("java.net.Authenticator");

        assertThat(client.events.failures).containsExactly(FailureReason.PROXY_AUTHENTICATION);
        assertThat(client.active()).isZero();
    }
}

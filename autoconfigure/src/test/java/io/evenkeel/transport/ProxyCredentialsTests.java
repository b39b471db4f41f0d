// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.event.FailureReason;
import io.evenkeel.policy.NonProxyHosts;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.transport.spec.TlsMaterial;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The credentials of a proxy, which are shown to it and to nobody else. */
class ProxyCredentialsTests {

    private static final String PASSWORD = "pass:wörd-canary";
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString(("me:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static ProxySettings through(int port, String password, NonProxyHosts direct) {
        return new ProxySettings(
                new ProxyServer("127.0.0.1", port, new ProxyServer.Credentials("me", password), direct),
                ProxySettings.Filter.REFUSE);
    }

    private static ProxySettings through(int port, String password) {
        return through(port, password, new NonProxyHosts(List.of()));
    }

    private TestClient client(ProxySettings proxy) {
        return TestClient.with(this.leaks, settings -> settings.proxy(proxy));
    }

    private ScriptedServer start(ServerScript script) {
        return this.leaks.server(script.start());
    }

    /** A proxy that lets through who is known to it. */
    private static Answer guarded(Request request) {
        return BASIC.equals(request.header("Proxy-Authorization"))
                ? ok("ok")
                : status(407).header("Proxy-Authenticate", "Basic realm=\"proxy\"");
    }

    @Test
    void theyGoToTheProxyWithTheFirstRequest() throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http().byDefault(ProxyCredentialsTests::guarded));
        TestClient client = client(through(proxy.port(), PASSWORD));

        assertThat(client.get(URI.create("http://service.invalid/")).status()).isEqualTo(200);

        assertThat(proxy.requests()).singleElement().satisfies(request -> {
            assertThat(request.headers("Proxy-Authorization")).containsExactly(BASIC);
            assertThat(request.header("Authorization")).isNull();
        });
    }

    @Test
    void aBodyThatCanBeReadOnceGetsThrough() throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http().byDefault(ProxyCredentialsTests::guarded));
        TestClient client = client(through(proxy.port(), PASSWORD));
        InputStreamEntity body =
                new InputStreamEntity(new ByteArrayInputStream("once".getBytes(StandardCharsets.US_ASCII)), null);

        assertThat(client.send("POST", URI.create("http://service.invalid/"), body)
                        .status())
                .isEqualTo(200);

        assertThat(proxy.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.bodyText()).isEqualTo("once"));
    }

    @Test
    void theyOpenTheTunnelAndDoNotPassThroughIt() throws Exception {
        ScriptedServer server = start(ScriptedServer.https());
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        TestClient client = client(through(proxy.port(), PASSWORD));

        client.get(server.uri("/first"));
        client.get(server.uri("/second"));

        assertThat(proxy.heads)
                .singleElement()
                .satisfies(head -> assertThat(head).contains("\r\nProxy-Authorization: " + BASIC + "\r\n"));
        assertThat(server.requests()).hasSize(2).allSatisfy(ProxyCredentialsTests::assertNoCredentials);
    }

    @Test
    void aServerBehindTheTunnelDoesNotGetThemByAskingForThem() throws Exception {
        for (int challenge : new int[] {401, 407}) {
            ScriptedServer server = start(ScriptedServer.https()
                    .byDefault(status(challenge)
                            .header("Proxy-Authenticate", "Basic realm=\"proxy\"")
                            .header("WWW-Authenticate", "Basic realm=\"proxy\"")));
            TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
            TestClient client = client(through(proxy.port(), PASSWORD));

            assertThat(client.get(server.uri("/")).status()).isEqualTo(challenge);

            assertThat(server.requests()).isNotEmpty().allSatisfy(ProxyCredentialsTests::assertNoCredentials);
        }
    }

    @Test
    void aServerThatIsCalledDirectlyDoesNotGetThemByAskingForThem() throws Exception {
        for (int challenge : new int[] {401, 407}) {
            ScriptedServer server = start(ScriptedServer.http()
                    .byDefault(status(challenge)
                            .header("Proxy-Authenticate", "Basic realm=\"proxy\"")
                            .header("WWW-Authenticate", "Basic realm=\"proxy\"")));
            TestClient client = client(through(1, PASSWORD, NonProxyHosts.LOCAL));

            assertThat(client.get(server.uri("/")).status()).isEqualTo(challenge);

            assertThat(server.requests()).isNotEmpty().allSatisfy(ProxyCredentialsTests::assertNoCredentials);
        }
    }

    @Test
    void theyAreNotTakenAlongByARedirectToAServerThatIsCalledDirectly() throws Exception {
        ScriptedServer server = start(ScriptedServer.http());
        ScriptedServer proxy = start(ScriptedServer.http()
                .byDefault(status(302).header("Location", server.uri("/").toString())));
        TestClient client = client(through(proxy.port(), PASSWORD, NonProxyHosts.LOCAL));

        assertThat(client.get(URI.create("http://service.invalid/")).status()).isEqualTo(200);

        assertThat(proxy.requests()).hasSize(1);
        assertThat(server.requests()).singleElement().satisfies(ProxyCredentialsTests::assertNoCredentials);
    }

    @Test
    void aProxyThatWantsDigestGetsDigest() throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http().byDefault(request -> {
            String shown = request.header("Proxy-Authorization");
            return (shown != null && shown.startsWith("Digest "))
                    ? ok("ok")
                    : status(407).header("Proxy-Authenticate", "Digest realm=\"p\", nonce=\"n\", qop=\"auth\"");
        }));
        TestClient client = client(through(proxy.port(), PASSWORD));

        assertThat(client.get(URI.create("http://service.invalid/")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void wrongOnesAreAnErrorThatNamesTheKeys(String scheme) throws Exception {
        ScriptedServer proxy = start(ScriptedServer.http().byDefault(ProxyCredentialsTests::guarded));
        TestClient client = client(through(proxy.port(), "wrong-canary"));

        assertThatThrownBy(() -> client.get(URI.create(scheme + "://service.invalid/")))
                .isInstanceOfSatisfying(CallRejectedException.class, ex -> {
                    assertThat(ex.reason()).isEqualTo("proxy_authentication");
                    assertThat(ex)
                            .hasMessage(
                                    ("Client 'default' did not call %s://service.invalid: the proxy 127.0.0.1:%d refuses "
                                                    + "the credentials (407). Correct evenkeel.proxy.username and "
                                                    + "evenkeel.proxy.password.")
                                            .formatted(scheme, proxy.port()));
                });

        assertThat(client.events.failures).containsExactly(FailureReason.PROXY_AUTHENTICATION);
        assertThat(client.active()).isZero();
        // Asking again with the same would lock the account.
        assertThat(proxy.requests()).hasSize(1);
    }

    @Test
    void clientsWithDifferentOnesShareNoConnection() throws Exception {
        ScriptedServer server = start(ScriptedServer.https());
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        TestClient client = client(through(proxy.port(), "one"));
        client.get(server.uri("/"));

        TestClient.Settings defaults = TestClient.Settings.DEFAULTS.tls(
                new TlsMaterial(io.evenkeel.testing.TestTls.clientContext(), null, null));
        var two = client.another(defaults.proxy(through(proxy.port(), "two")));
        var twoAgain = client.another(defaults.proxy(through(proxy.port(), "two")));
        TestClient.send(two, "GET", server.uri("/"), null);
        TestClient.send(twoAgain, "GET", server.uri("/"), null);

        assertThat(proxy.tunnels).hasSize(2);
        assertThat(proxy.heads.get(0)).isNotEqualTo(proxy.heads.get(1));
    }

    @Test
    void noTextShowsThePassword() {
        ProxySettings settings = through(3128, PASSWORD);

        assertThat(settings.toString()).contains("3128", "hidden").doesNotContain("canary", "me,", "[me");
        PoolKey key = new PoolKey("c", null, null, settings, PoolLimits.DEFAULTS, ResponseLimits.DEFAULTS, false);
        assertThat(key.toString()).doesNotContain("canary");
    }

    private static void assertNoCredentials(Request request) {
        assertThat(request.header("Proxy-Authorization")).isNull();
        assertThat(request.header("Authorization")).isNull();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestTlsTests {

    private static final Duration HANG = Duration.ofSeconds(10);

    private static final String GET = "GET /a HTTP/1.1\r\n\r\n";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void tellsFullHandshakesFromResumedOnes(String protocol) throws IOException {
        ScriptedServer server =
                leaks.server(ScriptedServer.https().protocols(protocol).start());
        SSLContext context = TestTls.clientContext();

        call(server, context);
        call(server, context);
        call(server, TestTls.clientContext());

        assertThat(server.handshakes())
                .containsExactly(
                        new Handshake(0, protocol, false, null),
                        new Handshake(1, protocol, true, null),
                        new Handshake(2, protocol, false, null));
        assertThat(server.bytesReceived(0)).asString().isEqualTo(GET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void demandsAClientCertificate(String protocol) throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.https()
                .protocols(protocol)
                .clientCertificateRequired()
                .start());

        call(server, TestTls.clientContext(TestTls.Identity.CLIENT));
        assertThatIOException().isThrownBy(() -> call(server, TestTls.clientContext()));

        server.awaitConnectionsOpen(0, HANG);
        assertThat(server.handshakes()).containsExactly(new Handshake(0, protocol, false, "CN=evenkeel-client"));
        assertThat(server.handshakeFailures()).singleElement().asString().startsWith("connection 1: ");
    }

    @Test
    void isNotTrustedForAnotherHost() {
        ScriptedServer server = leaks.server(
                ScriptedServer.https().identity(TestTls.Identity.WRONG_HOST).start());

        assertThatExceptionOfType(SSLHandshakeException.class)
                .isThrownBy(() -> call(server, TestTls.clientContext()))
                .withMessageContaining("No subject alternative DNS name matching localhost");
    }

    @Test
    void isNotTrustedIfSelfSigned() {
        ScriptedServer server = leaks.server(
                ScriptedServer.https().identity(TestTls.Identity.SELF_SIGNED).start());

        assertThatExceptionOfType(SSLHandshakeException.class)
                .isThrownBy(() -> call(server, TestTls.clientContext()))
                .withMessageContaining("unable to find valid certification path");
    }

    @Test
    void saysThatItIsTheEndOnlyWithCloseNotify() throws IOException {
        int alert = 21;

        assertThat(lastRecordAfter(Effect.fin())).isEqualTo(alert);
        assertThat(lastRecordAfter(Effect.halfClose())).isEqualTo(alert);
        assertThat(lastRecordAfter(Effect.finWithoutCloseNotify())).isNotEqualTo(alert);
        assertThat(lastRecordAfter(Effect.rst())).isNotEqualTo(alert);
    }

    @Test
    void hasAServerContextForServersOfOthers() {
        assertThat(TestTls.serverContext(TestTls.Identity.SERVER).getServerSocketFactory())
                .isNotNull();
        assertThat(TestTls.Identity.SERVER.location()).isEqualTo("classpath:io/evenkeel/testing/server.p12");
    }

    private int lastRecordAfter(Effect effect) throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.https()
                .protocols("TLSv1.2")
                .onConnection(0, script -> script.request(0).then(effect))
                .start());
        try (RawClient client = RawClient.https(server.port(), TestTls.clientContext())) {
            client.send(GET);
            client.readToEnd();
            return client.lastTlsRecordType();
        }
    }

    private static void call(ScriptedServer server, SSLContext context) throws IOException {
        try (RawClient client = RawClient.https(server.port(), context)) {
            client.send(GET);
            String response = "HTTP/1.1 200 Scripted\r\nContent-Length: 2\r\n\r\nok";
            assertThat(client.read(response.length())).isEqualTo(response);
        }
    }
}

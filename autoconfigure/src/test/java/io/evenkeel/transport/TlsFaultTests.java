// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Effect.drip;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureReason;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.TestTls.Authority;
import io.evenkeel.testing.TestTls.Identity;
import io.evenkeel.transport.spec.TlsMaterial;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that must fail, do so as TLS failures, at once, without a second request, and cost the pool nothing. */
class TlsFaultTests {

    private static final List<Integer> WEAK = List.of(0x0005, 0xC007, 0x000A, 0xC008, 0x006C, 0xC018, 0x003B, 0x0000);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @ParameterizedTest
    @CsvSource({"WRONG_HOST, SERVER", "SERVER, WRONG_HOST", "SELF_SIGNED, SERVER"})
    void anAddressWithAWrongCertificateIsPassedOverForTheNext(Identity first, Identity second) throws Exception {
        URI uri = twoAddresses(first, second);
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(TestClient.send(resolving(client), "GET", uri, null).status())
                .isEqualTo(404);
    }

    @Test
    void ifEveryAddressHasAWrongCertificateThatIsTheError() throws Exception {
        URI uri = twoAddresses(Identity.WRONG_HOST, Identity.SELF_SIGNED);
        TestClient client = TestClient.withDefaults(this.leaks);
        CloseableHttpClient http = resolving(client);

        assertThatThrownBy(() -> TestClient.send(http, "GET", uri, null)).isInstanceOf(SSLException.class);

        assertThat(client.events.failures).containsExactly(FailureReason.TLS);
    }

    /** Dialed by HttpClient's own operator: ours asks the resolver of the system, which knows no name with two addresses. */
    private static CloseableHttpClient resolving(TestClient client) {
        return CustomizedClients.on(
                client,
                Duration.ofSeconds(5),
                manager -> manager.setDnsResolver(new SystemDefaultDnsResolver() {

                    @Override
                    public InetAddress[] resolve(String host) throws UnknownHostException {
                        return new InetAddress[] {InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.2")
                        };
                    }
                }));
    }

    private URI twoAddresses(Identity first, Identity second) throws IOException {
        HttpsServer server = https("127.0.0.1", 0, first);
        https("127.0.0.2", server.getAddress().getPort(), second);
        return URI.create("https://localhost:" + server.getAddress().getPort() + "/");
    }

    private HttpsServer https(String address, int port, Identity identity) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(address, port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TestTls.serverContext(identity)));
        server.start();
        this.leaks.closeAfter(() -> server.stop(0));
        return server;
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aServerThatHangsUpBeforeItsHelloIsATlsFailure(String method) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https()
                .onConnection(0, script -> script.at(Moment.ACCEPT, fin()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        assertThatThrownBy(() -> client.send(method, server.uri("/"), null)).isInstanceOf(IOException.class);

        assertThat(client.events.failures).containsExactly(FailureReason.TLS);
        assertThat(client.events.created).containsExactly(CreationResult.TLS);
        assertThat(client.send(method, server.uri("/"), null).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHandshakeEndsWithTheConnectTimeoutHoweverItIsDelayed(boolean dripping) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https()
                .onConnection(
                        0, script -> script.at(Moment.ACCEPT, dripping ? drip(1, Duration.ofMillis(50)) : stall()))
                .start());
        TestClient client =
                TestClient.with(this.leaks, settings -> settings.limits(1, 0).connectTimeout(Duration.ofMillis(300)));

        // Dripped, the some 800 bytes of the handshake would take 40 s, and no single read would be late.
        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(ConnectTimeoutException.class);

        assertThat(client.events.created).containsExactly(CreationResult.TLS);
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.https().identity(Identity.EXPIRED).start());
        TlsMaterial trusting = new TlsMaterial(TestTls.clientContext(null, Authority.NEXT), null, null);
        TestClient client = TestClient.with(this.leaks, settings -> settings.tls(trusting));

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(SSLHandshakeException.class)
                .hasStackTraceContaining("NotAfter");

        assertThat(server.requests()).isEmpty();
    }

    /** The rule of the JDK: what stands in the trust store itself is trusted without a look at its dates. */
    @Test
    void anExpiredCertificateThatStandsInTheTrustStoreItselfIsAccepted() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.https().identity(Identity.EXPIRED).start());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("leaf", Identity.EXPIRED.keyStore().getCertificate("expired"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        TestClient client = TestClient.with(this.leaks, settings -> settings.tls(new TlsMaterial(context, null, null)));

        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    /** With TLS 1.3 the handshake of the client is over before the server has seen its certificate, or that there is none. */
    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void aClientThatTheServerRefusesSendsNothingTwice(Wiring wiring) throws Exception {
        for (String method : List.of("GET", "POST")) {
            ScriptedServer server = this.leaks.server(
                    wiring.server().clientCertificateRequired().start());
            TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

            Throwable thrown = catchThrowable(() -> client.send(method, server.uri("/"), null));

            assertThat(thrown).isInstanceOf(IOException.class);
            // The alert may be lost if the server resets the connection upon the request behind it.
            assertThat(Throwables.getStackTrace(thrown)).containsAnyOf("fatal alert: ", "reset", "Broken pipe");
            assertThat(server.connectionsAccepted()).isEqualTo(1);
            assertThat(server.requests()).isEmpty();
            assertThat(client.active()).isZero();
            assertThat(client.idle()).isZero();
        }
    }

    @ParameterizedTest(name = "version {0}, cipher suite {1}")
    @CsvSource({
        // version of the record layer and the hello, cipher suite
        "0x0300, 0xC009", // SSL 3
        "0x0301, 0xC009", // TLS 1.0
        "0x0302, 0xC009", // TLS 1.1
        "0x0303, 0x0005", // TLS_RSA_WITH_RC4_128_SHA
        "0x0303, 0xC007", // TLS_ECDHE_ECDSA_WITH_RC4_128_SHA
        "0x0303, 0x000A", // TLS_RSA_WITH_3DES_EDE_CBC_SHA
        "0x0303, 0xC008", // TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA
        "0x0303, 0x006C", // TLS_DH_anon_WITH_AES_128_CBC_SHA256
        "0x0303, 0xC018", // TLS_ECDH_anon_WITH_AES_128_CBC_SHA
        "0x0303, 0x003B", // TLS_RSA_WITH_NULL_SHA256
        "0x0303, 0x0000" // TLS_NULL_WITH_NULL_NULL
    })
    void weakProtocolsAndCiphersAreRefused(String version, String suite) throws Exception {
        WeakServer server = this.leaks.closeAfter(new WeakServer(Integer.decode(version), Integer.decode(suite)));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatThrownBy(() -> client.get(URI.create("https://127.0.0.1:" + server.port() + "/")))
                .isInstanceOf(SSLException.class)
                .hasMessageNotContainingAny("unable to find valid certification path");

        assertThat(server.alert.join()).as("the client says why it goes").isTrue();
        assertThat(server.offered.join()).doesNotContainAnyElementsOf(WEAK);
    }

    @Test
    void aWeakProtocolThatABundleAsksForIsRefusedByTheJvm() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.tls(new TlsMaterial(TestTls.clientContext(), List.of("TLSv1.1"), null)));

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(SSLHandshakeException.class);

        assertThat(server.requests()).isEmpty();
    }

    /** Answers any hello with one of its own that no client should accept. */
    private static final class WeakServer implements AutoCloseable {

        final CompletableFuture<List<Integer>> offered = new CompletableFuture<>();
        final CompletableFuture<Boolean> alert = new CompletableFuture<>();
        private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final int version;
        private final int suite;

        WeakServer(int version, int suite) throws IOException {
            this.version = version;
            this.suite = suite;
            Thread thread = new Thread(this::serve, "weak-server");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return this.listener.getLocalPort();
        }

        private void serve() {
            try (Socket socket = this.listener.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                in.skipNBytes(3);
                this.offered.complete(suites(in.readNBytes(in.readUnsignedShort())));
                socket.getOutputStream().write(hello());
                int type = in.read();
                // JSSE may send a change of the cipher spec first, which means nothing.
                while (type == 20) {
                    in.skipNBytes(2);
                    in.skipNBytes(in.readUnsignedShort());
                    type = in.read();
                }
                this.alert.complete(type == 21);
            } catch (IOException ex) {
                this.offered.completeExceptionally(ex);
                this.alert.completeExceptionally(ex);
            }
        }

        private static List<Integer> suites(byte[] clientHello) {
            ByteBuffer hello = ByteBuffer.wrap(clientHello);
            hello.position(4 + 2 + 32);
            hello.position(hello.position() + 1 + hello.get(hello.position()));
            List<Integer> suites = new ArrayList<>();
            for (int remaining = hello.getShort(); remaining > 0; remaining -= 2) {
                suites.add(hello.getShort() & 0xffff);
            }
            return suites;
        }

        private byte[] hello() {
            int body = 2 + 32 + 1 + 2 + 1;
            return ByteBuffer.allocate(5 + 4 + body)
                    .put((byte) 22)
                    .putShort((short) this.version)
                    .putShort((short) (4 + body))
                    .putInt((2 << 24) | body)
                    .putShort((short) this.version)
                    .put(new byte[32])
                    .put((byte) 0)
                    .putShort((short) this.suite)
                    .put((byte) 0)
                    .array();
        }

        @Override
        public void close() throws IOException {
            this.listener.close();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.event.CloseReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.Handshake;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.TestTls.Authority;
import io.evenkeel.testing.TestTls.Identity;
import io.evenkeel.transport.spec.TlsMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.HttpEntities;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** After its TLS material was replaced, a client uses no session and no connection of before. */
class TlsReloadTests {

    private static final int RELOADS = Integer.getInteger("evenkeel.reloads", 30);

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final TlsMaterial material = new TlsMaterial(TestTls.clientContext(Identity.CLIENT), null, null);

    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void idleConnectionsAreClosedAndNoSessionIsResumed(Wiring wiring) throws Exception {
        ScriptedServer server = server(wiring);
        TestClient client = client();
        client.get(server.uri("/"));
        client.get(server.uri("/"));

        reload(client, Identity.NEXT_CLIENT);

        assertThat(client.events.closed).containsExactly(CloseReason.RELOAD);
        assertThat(client.idle()).isZero();
        server.awaitConnectionsOpen(0, LIMIT);
        client.post(server.uri("/"), "x");
        client.post(server.uri("/"), "x");
        assertThat(clients(server)).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
        assertThat(server.handshakes()).noneMatch(Handshake::resumed);
        assertThat(client.events.handshakes).containsExactly(HandshakeResult.FULL, HandshakeResult.FULL);
        assertThat(client.pools.snapshot()).as("the pool stays the same").hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void aConnectionInUseIsFinishedAndNotKept(Wiring wiring) throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .clientCertificateRequired()
                .onConnection(0, script -> script.at(Moment.REQUEST_BODY, Effect.until(reloaded)))
                .start());
        TestClient client = client();
        CompletableFuture<TestClient.Reply> call = async(client, server);
        server.awaitRequests(1, LIMIT);

        reload(client, Identity.NEXT_CLIENT);
        assertThat(client.events.closed).isEmpty();
        reloaded.countDown();

        assertThat(call.join().body()).isEqualTo("ok");
        eventually("it is closed", () -> client.events.closed.equals(List.of(CloseReason.RELOAD)));
        client.get(server.uri("/"));
        assertThat(clients(server)).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
        assertThat(server.handshakes()).noneMatch(Handshake::resumed);
    }

    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void aConnectionWhoseHandshakeWasUnderWayIsNotKept(Wiring wiring) throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.at(Moment.ACCEPT, Effect.until(reloaded)))
                .start());
        TestClient client = client();
        CompletableFuture<TestClient.Reply> call = async(client, server);
        server.awaitConnectionsAccepted(1, LIMIT);

        reload(client, Identity.NEXT_CLIENT);
        reloaded.countDown();

        assertThat(call.join().body()).isEqualTo("ok");
        eventually("it is closed", () -> client.events.closed.equals(List.of(CloseReason.RELOAD)));
        client.get(server.uri("/"));
        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @Test
    void whoeverWaitsForAConnectionGetsANewOne() throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.https()
                .clientCertificateRequired()
                .onConnection(0, script -> script.at(Moment.REQUEST_BODY, Effect.until(reloaded)))
                .start());
        TestClient client = client(1, 0);
        CompletableFuture<TestClient.Reply> first = async(client, server);
        server.awaitRequests(1, LIMIT);
        CompletableFuture<TestClient.Reply> second = async(client, server);
        eventually("one waits", () -> client.pending() == 1);

        reload(client, Identity.NEXT_CLIENT);
        reloaded.countDown();

        assertThat(first.join().body()).isEqualTo("ok");
        assertThat(second.join().body()).isEqualTo("ok");
        assertThat(clients(server)).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
    }

    @Test
    void nothingOfBeforeIsUsedEvenIfItIsNotClosedYet() throws Exception {
        ScriptedServer server = server(Wiring.TLS_1_3);
        TestClient client = client();
        client.get(server.uri("/"));

        this.material.replace(context(Identity.NEXT_CLIENT), null, null);
        client.get(server.uri("/"));

        assertThat(clients(server)).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
        assertThat(client.events.closed).containsExactly(CloseReason.RELOAD);
        assertThat(client.events.avoided).as("it was not dead").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void aServerWhoseAuthorityWasRemovedDuringACallIsRefused(Wiring wiring) throws Exception {
        CountDownLatch removed = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(Answer.ok("a long answer"))
                                .at(Moment.RESPONSE_BODY, Effect.until(removed)))
                .start());
        TestClient client = client();
        CompletableFuture<TestClient.Reply> call = async(client, server);
        server.awaitRequests(1, LIMIT);

        this.material.replace(TestTls.clientContext(Identity.CLIENT, Authority.NEXT), null, null);
        client.pools.closeOutdated();
        removed.countDown();

        assertThat(call.join().body()).isEqualTo("a long answer");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> client.get(server.uri("/")))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("unable to find valid certification path");
        }
        assertThat(server.requests()).hasSize(1);
        assertThat(server.handshakes()).noneMatch(Handshake::resumed);
    }

    /**
     * The hole in trust that is swapped inside of one context: the ticket of a connection in use is read, and remembered,
     * after the swap, and a session that is resumed by it is not checked again.
     */
    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void aTicketThatIsReadAfterTheAuthorityWasRemovedIsOfNoUse(Wiring wiring) throws Exception {
        SSLContext former = TestTls.clientContext(Identity.CLIENT);
        this.material.replace(former, null, null);
        ScriptedServer server = server(wiring);
        TestClient client = client();

        // Nothing is read from the connection while a body is written to it.
        AtomicInteger before = new AtomicInteger();
        client.send(
                "POST",
                server.uri("/"),
                HttpEntities.create(
                        out -> {
                            before.set(sessions(former));
                            this.material.replace(TestTls.clientContext(Identity.CLIENT, Authority.NEXT), null, null);
                            client.pools.closeOutdated();
                            out.write('x');
                        },
                        ContentType.TEXT_PLAIN));

        assertThat(sessions(former) - before.get())
                .as("the ticket was late")
                .isEqualTo((wiring == Wiring.TLS_1_3) ? 1 : 0);
        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(SSLHandshakeException.class);
        assertThat(server.requests()).hasSize(1);
        assertThat(client.events.handshakes).containsExactly(HandshakeResult.FULL, HandshakeResult.FAILED);
    }

    private static int sessions(SSLContext context) {
        return Collections.list(context.getClientSessionContext().getIds()).size();
    }

    @Test
    void protocolsAndCiphersAreReplacedToo() throws Exception {
        ScriptedServer server = server(Wiring.TLS_1_3);
        ScriptedServer old = server(Wiring.TLS_1_2);
        TestClient client = client();
        client.get(server.uri("/"));

        this.material.replace(
                context(Identity.CLIENT), List.of("TLSv1.2"), List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(SSLHandshakeException.class);
        assertThat(client.get(old.uri("/")).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tunnelsAreDugAnew(boolean customized) throws Exception {
        ScriptedServer server = server(Wiring.TLS_1_3);
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        HttpHost host = new HttpHost("127.0.0.1", proxy.port());
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.tls(this.material).customizer(builder -> builder.setProxy(host)));
        CloseableHttpClient http = customized
                ? CustomizedClients.on(client, this.material, LIMIT, manager -> {}, builder -> builder.setProxy(host))
                : client.http();
        TestClient.send(http, "GET", server.uri("/"), null);

        reload(client, Identity.NEXT_CLIENT);
        TestClient.send(http, "GET", server.uri("/"), null);

        assertThat(clients(server)).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
        assertThat(proxy.tunnels).hasSize(2);
        assertThat(client.events.closed).containsExactly(CloseReason.RELOAD);
    }

    @Test
    void connectionsOfClientsWithAnotherBundleStay() throws Exception {
        ScriptedServer server = server(Wiring.TLS_1_3);
        TestClient client = client();
        TlsMaterial other = new TlsMaterial(TestTls.clientContext(Identity.CLIENT), null, null);
        CloseableHttpClient stranger = client.another(TestClient.Settings.DEFAULTS.tls(other));
        client.get(server.uri("/"));
        TestClient.send(stranger, "GET", server.uri("/"), null);

        reload(client, Identity.NEXT_CLIENT);
        TestClient.send(stranger, "GET", server.uri("/"), null);

        assertThat(server.connectionsAccepted()).isEqualTo(2);
        assertThat(client.events.closed).containsExactly(CloseReason.RELOAD);
    }

    /** Who calls after a reload rides what was opened after it, and nobody notices it otherwise. */
    @ParameterizedTest
    @EnumSource(value = Wiring.class, names = "TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void manyReloadsUnderLoadFailNoCallAndTakeEffectAtOnce(Wiring wiring) throws Exception {
        ScriptedServer server = server(wiring);
        TestClient client = client(2, 20);
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Integer>> load = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            load.add(async(() -> {
                int calls = 0;
                while (!over.get()) {
                    assertThat(get(client, server, "/load").status()).isEqualTo(200);
                    calls++;
                }
                return calls;
            }));
        }
        try {
            for (int i = 0; i < RELOADS; i++) {
                Identity identity = (i % 2 == 0) ? Identity.NEXT_CLIENT : Identity.CLIENT;
                reload(client, identity);
                client.get(server.uri("/after/" + i));
                assertThat(shownWith(server, "/after/" + i))
                        .isEqualTo((i % 2 == 0) ? "CN=evenkeel-next-client" : "CN=evenkeel-client");
            }
        } finally {
            over.set(true);
        }
        for (CompletableFuture<Integer> each : load) {
            assertThat(each.join()).isPositive();
        }
        assertThat(client.events.failures).isEmpty();
    }

    @AfterEach
    void stop() {
        this.threads.shutdownNow();
    }

    private ScriptedServer server(Wiring wiring) {
        return this.leaks.server(wiring.server().clientCertificateRequired().start());
    }

    private TestClient client() {
        return client(1, 99);
    }

    private TestClient client(int maxSize, int maxOverflow) {
        return TestClient.with(
                this.leaks, settings -> settings.tls(this.material).limits(maxSize, maxOverflow));
    }

    private void reload(TestClient client, Identity identity) {
        this.material.replace(context(identity), null, null);
        client.pools.closeOutdated();
    }

    private static SSLContext context(Identity identity) {
        return TestTls.clientContext(identity, Authority.values());
    }

    private CompletableFuture<TestClient.Reply> async(TestClient client, ScriptedServer server) {
        return async(() -> get(client, server, "/"));
    }

    private <T> CompletableFuture<T> async(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, this.threads);
    }

    private static TestClient.Reply get(TestClient client, ScriptedServer server, String path) {
        try {
            return client.get(server.uri(path));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static List<String> clients(ScriptedServer server) {
        return server.handshakes().stream().map(Handshake::client).toList();
    }

    private static String shownWith(ScriptedServer server, String path) {
        int connection = server.requests().stream()
                .filter(request -> request.target().equals(path))
                .map(Request::connection)
                .findFirst()
                .orElseThrow();
        return server.handshakes().stream()
                .filter(handshake -> handshake.connection() == connection)
                .map(Handshake::client)
                .findFirst()
                .orElseThrow();
    }
}

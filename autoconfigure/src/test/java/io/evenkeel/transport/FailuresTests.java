// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.rst;
import static io.evenkeel.testing.Effect.stall;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureReason;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.transport.spec.AddressFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call that ends in an exception is told once, with its reason; any other is not. */
class FailuresTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** What a server does to a call, and what that is. */
    enum Fault {
        NO_ANSWER(FailureReason.READ_TIMEOUT, Moment.REQUEST_BODY, stall()),
        FIN(FailureReason.CONNECTION_LOST, Moment.REQUEST_BODY, fin()),
        RST(FailureReason.CONNECTION_LOST, Moment.REQUEST_BODY, rst()),
        FIN_IN_THE_BODY(FailureReason.TRUNCATED, Moment.RESPONSE_BODY, fin()),
        RST_IN_THE_BODY(FailureReason.TRUNCATED, Moment.RESPONSE_BODY, rst()),
        STALL_IN_THE_BODY(FailureReason.READ_TIMEOUT, Moment.RESPONSE_BODY, stall());

        private final FailureReason reason;
        private final Moment moment;
        private final Effect effect;

        Fault(FailureReason reason, Moment moment, Effect effect) {
            this.reason = reason;
            this.moment = moment;
            this.effect = effect;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFaultOfTheServerHasItsReason(Fault fault) throws Exception {
        for (Wiring wiring : Wiring.values()) {
            ScriptedServer server = start(wiring.server()
                    .byDefault(ok("x".repeat(1000)))
                    .onConnection(0, script -> script.request(0).at(fault.moment, fault.effect)));
            TestClient client = TestClient.with(this.leaks, settings -> settings.readTimeout(Duration.ofMillis(300)));

            assertThat(catchThrowable(() -> client.post(server.uri("/"), "x"))).isInstanceOf(IOException.class);

            assertThat(client.events.failures).as(wiring.name()).containsExactly(fault.reason);
            server.release();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: some\r\n\r\n",
                "HTTP/1.1 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n"
            })
    void anAnswerThatIsNotHttpIsMalformed(String answer) throws Exception {
        ScriptedServer server = start(ScriptedServer.http().byDefault(raw(answer)));
        TestClient client = TestClient.withDefaults(this.leaks);

        Throwable thrown = catchThrowable(() -> client.get(server.uri("/")));

        assertThat(client.events.failures).as("%s", thrown).containsExactly(FailureReason.MALFORMED);
    }

    @Test
    void aNameThatIsNotKnownIsDns() throws Exception {
        TestClient client = TestClient.withDefaults(this.leaks);

        catchThrowable(() -> client.get(URI.create("http://name.invalid/")));

        assertThat(client.events.failures).containsExactly(FailureReason.DNS);
    }

    @Test
    void aPortThatNobodyListensAtIsConnect() throws Exception {
        ScriptedServer server = start(ScriptedServer.http());
        server.stopListening();
        TestClient client = TestClient.withDefaults(this.leaks);

        catchThrowable(() -> client.get(server.uri("/")));

        assertThat(client.events.failures).containsExactly(FailureReason.CONNECT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fin", "plain"})
    void aHandshakeThatFailsIsTls(String how) throws Exception {
        ServerScript script = how.equals("plain") ? ScriptedServer.http() : ScriptedServer.https();
        ScriptedServer server = start(
                switch (how) {
                    case "fin" -> script.onEveryAccept(fin());
                    default -> script.onEveryAccept(Effect.write("this is not TLS"), fin());
                });
        TestClient client = TestClient.withDefaults(this.leaks);

        Throwable thrown = catchThrowable(() -> client.get(URI.create("https://localhost:" + server.port() + "/")));

        assertThat(client.events.failures).as("%s", thrown).containsExactly(FailureReason.TLS);
    }

    /** Not before the handshake has begun: a reset that comes while the client still connects is one of connecting. */
    @Test
    void aHandshakeThatIsResetIsTls() throws Exception {
        TestClient client = TestClient.withDefaults(this.leaks);
        Throwable thrown;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FutureTask<Void> resetting = new FutureTask<>(() -> {
                try (Socket socket = listener.accept()) {
                    socket.setSoLinger(true, 0);
                    socket.getInputStream().read();
                }
                return null;
            });
            new Thread(resetting, "resetting").start();
            thrown = catchThrowable(() -> client.get(URI.create("https://localhost:" + listener.getLocalPort() + "/")));
            resetting.get();
        }

        assertThat(client.events.failures).as("%s", thrown).containsExactly(FailureReason.TLS);
    }

    @Test
    void aConnectTimeoutIsConnectAlsoInTheHandshake() throws Exception {
        ScriptedServer server = start(ScriptedServer.https().onEveryAccept(stall()));
        TestClient client = TestClient.with(this.leaks, settings -> settings.connectTimeout(Duration.ofMillis(300)));

        catchThrowable(() -> client.get(server.uri("/")));

        assertThat(client.events.failures).containsExactly(FailureReason.CONNECT);
        assertThat(client.events.created).containsExactly(CreationResult.TLS);
    }

    @Test
    void decisionsOfOursHaveTheirOwnReasons() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, stall())));
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(strict()));
        HttpGet holding = new HttpGet(server.uri("/"));
        var held = InterruptAndCancelTests.run(client.http(), holding);
        server.awaitRequests(1, LIMIT);

        catchThrowable(() -> client.get(server.uri("/")));
        holding.cancel();
        catchThrowable(held::get);
        client.close();
        catchThrowable(() -> client.get(server.uri("/")));
        TestClient filtered = TestClient.with(
                this.leaks, settings -> settings.addressFilter(new AddressFilter("none", address -> false)));
        catchThrowable(() -> filtered.get(server.uri("/")));

        assertThat(client.events.failures)
                .containsExactly(FailureReason.ACQUIRE_TIMEOUT, FailureReason.CANCELLED, FailureReason.SHUTTING_DOWN);
        assertThat(filtered.events.failures).containsExactly(FailureReason.ADDRESS_REFUSED);
    }

    private static PoolLimits strict() {
        PoolLimits d = PoolLimits.DEFAULTS;
        return new PoolLimits(
                1,
                0,
                d.overflowLinger(),
                d.maxIdle(),
                Duration.ofMillis(100),
                d.idleTimeout(),
                d.maxIdleTimeout(),
                d.learnIdleTimeout(),
                d.maxLifetime());
    }

    @Test
    void anInterruptOfTheCallIsInterrupted() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, stall())));
        TestClient client = TestClient.withDefaults(this.leaks);
        Thread caller = new Thread(() -> catchThrowable(() -> client.get(server.uri("/"))));
        caller.start();
        server.awaitRequests(1, LIMIT);

        caller.interrupt();
        caller.join(5000);

        assertThat(client.events.failures).containsExactly(FailureReason.INTERRUPTED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Wiring.class,
            names = {"PLAIN", "TLS_1_3"})
    void anInterruptInTheBodyIsInterrupted(Wiring wiring) throws Exception {
        ScriptedServer server = start(wiring.server()
                .byDefault(ok("x".repeat(1000)).chunked())
                .onConnection(0, script -> script.request(0).at(Moment.RESPONSE_BODY, stall())));
        TestClient client = TestClient.withDefaults(this.leaks);
        CountDownLatch reading = new CountDownLatch(1);
        Thread caller = new Thread(() -> catchThrowable(() -> client.http().execute(new HttpGet(server.uri("/")), r -> {
            reading.countDown();
            return r.getEntity().getContent().readAllBytes();
        })));
        caller.start();
        assertThat(reading.await(5, TimeUnit.SECONDS)).isTrue();

        caller.interrupt();
        caller.join(5000);

        assertThat(client.events.failures).containsExactly(FailureReason.INTERRUPTED);
    }

    @Test
    void aRequestThatHttpClientRefusesIsNotABadResponse() throws Exception {
        ScriptedServer server = start(ScriptedServer.http());
        TestClient client = TestClient.withDefaults(this.leaks);
        HttpPut request = new HttpPut(server.uri("/"));
        request.setHeader("Content-Length", "1");
        request.setEntity(new StringEntity("x"));

        catchThrowable(() -> client.http().execute(request, ClassicHttpResponse::getCode));

        assertThat(client.events.failures).containsExactly(FailureReason.OTHER);
    }

    @Test
    void redirectsWithoutAnEndAreNotABadResponse() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(status(302).header("Location", "/").body("")));
        TestClient client = TestClient.withDefaults(this.leaks);

        catchThrowable(() -> client.get(server.uri("/")));

        assertThat(client.events.failures).containsExactly(FailureReason.OTHER);
    }

    @Test
    void aFailureOfAnInterceptorsOwnNetworkIsNotThatOfTheConnection() throws Exception {
        ScriptedServer server = start(ScriptedServer.http());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.addRequestInterceptorFirst((r, e, c) -> {
                    throw new SocketTimeoutException("no token within 5 s");
                })));

        catchThrowable(() -> client.get(server.uri("/")));

        assertThat(client.events.failures).hasSize(1).doesNotContain(FailureReason.TLS, FailureReason.READ_TIMEOUT);
    }

    @Test
    void aTunnelWhoseHandshakeFailsIsTls() throws Exception {
        ScriptedServer server = start(ScriptedServer.https().onEveryAccept(rst()));
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port()))));

        catchThrowable(() -> client.get(URI.create("https://localhost:" + server.port() + "/")));

        assertThat(client.events.failures).containsExactly(FailureReason.TLS);
    }

    @Test
    void aBodyWhoseFailureTheCallSurvivesIsNone() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(ok("x".repeat(1000)))
                .onConnection(0, script -> script.request(0).at(Moment.RESPONSE_BODY, fin())));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder ->
                        builder.addExecInterceptorFirst("tries twice", (request, scope, chain) -> {
                            ClassicHttpResponse response = chain.proceed(request, scope);
                            try {
                                response.setEntity(new ByteArrayEntity(
                                        response.getEntity().getContent().readAllBytes(), ContentType.TEXT_PLAIN));
                                return response;
                            } catch (IOException ex) {
                                response.close();
                                return chain.proceed(request, scope);
                            }
                        })));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);

        assertThat(client.events.failures).isEmpty();
    }

    @Test
    void aCallThatIsCancelledInItsBodyIsCancelled() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(ok("x".repeat(1000)))
                .onConnection(0, script -> script.request(0).at(Moment.RESPONSE_BODY, stall())));
        TestClient client = TestClient.withDefaults(this.leaks);
        HttpGet request = new HttpGet(server.uri("/"));
        Thread caller = new Thread(() -> catchThrowable(
                () -> client.http().execute(request, response -> EntityUtils.toString(response.getEntity()))));
        caller.start();
        eventually("the head has come", () -> client.events.attempts.size() == 1);

        request.cancel();
        caller.join(5000);

        assertThat(client.events.failures).containsExactly(FailureReason.CANCELLED);
    }

    @Test
    void anErrorInTheCodeOfTheCallerIsOther() throws Exception {
        ScriptedServer server = start(ScriptedServer.http());
        TestClient client = TestClient.withDefaults(this.leaks);

        catchThrowable(() ->
                client.send("PUT", server.uri("/"), new EntityTemplate(10, ContentType.TEXT_PLAIN, null, out -> {
                    throw new IllegalStateException("the caller's own");
                })));

        assertThat(client.events.failures).containsExactly(FailureReason.OTHER);
    }

    @Test
    void aBodyThatFailsWithinTheCallFailsOnce() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(ok("x".repeat(1000)))
                .onConnection(0, script -> script.request(0).at(Moment.RESPONSE_BODY, fin())));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder ->
                        builder.addExecInterceptorFirst("reads", (request, scope, chain) -> {
                            ClassicHttpResponse response = chain.proceed(request, scope);
                            response.getEntity().getContent().readAllBytes();
                            return response;
                        })));

        assertThat(catchThrowable(() -> client.get(server.uri("/")))).isInstanceOf(IOException.class);

        assertThat(client.events.failures).containsExactly(FailureReason.TRUNCATED);
    }

    @Test
    void anErrorStatusIsNoFailureAndAnAnswerThatIsClosedEarlyIsNone() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(ok("x".repeat(1000)))
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(status(503).body("later"))
                                .request(1)
                                .at(Moment.RESPONSE_BODY, fin())));
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));

        client.http().execute(new HttpGet(server.uri("/")), response -> response.getCode());

        assertThat(client.events.attempts).containsExactly("FIRST SERVER_ERROR", "FIRST SUCCESS");
        assertThat(client.events.failures).isEmpty();
    }

    private ScriptedServer start(ServerScript script) {
        return this.leaks.server(script.start());
    }
}

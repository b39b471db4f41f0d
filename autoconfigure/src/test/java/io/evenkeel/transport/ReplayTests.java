// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.call;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.rst;
import static io.evenkeel.testing.Effect.stall;
import static io.evenkeel.testing.Effect.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** How a server ends a connection with a request in its hands. */
    enum Break {
        FIN_AFTER_THE_REQUEST(Moment.REQUEST_BODY, fin()),
        RST_AFTER_THE_REQUEST(Moment.REQUEST_BODY, rst()),
        RST_AFTER_THE_HEAD(Moment.REQUEST_HEAD, rst()),
        FIN_AFTER_THE_HEAD(Moment.REQUEST_HEAD, fin());

        private final Moment moment;
        private final Effect effect;

        Break(Moment moment, Effect effect) {
            this.moment = moment;
            this.effect = effect;
        }

        ServerScript on(ServerScript server) {
            return server.onConnection(0, script -> script.request(0).request(1).at(this.moment, this.effect));
        }
    }

    static Stream<Arguments> idempotent() {
        return Stream.of(Wiring.values())
                .flatMap(wiring -> Stream.of(Break.values())
                        .flatMap(kind -> Stream.of("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE")
                                .map(method -> arguments(wiring, kind, method))));
    }

    private static HttpEntity body(String method) {
        return switch (method) {
            case "PUT", "POST", "PATCH" -> new StringEntity("some content");
            default -> null;
        };
    }

    @ParameterizedTest
    @MethodSource("idempotent")
    void idempotentRequestIsSentOnceMoreOnAFreshConnection(Wiring wiring, Break kind, String method) throws Exception {
        ScriptedServer server = this.leaks.server(kind.on(wiring.server()).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        assertThat(client.send(method, server.uri("/second"), body(method)).status())
                .isEqualTo(200);

        List<Request> sent = sent(server, "/second");
        assertThat(sent).extracting(Request::connection).containsExactly(0, 1);
        assertThat(sent.get(1).headers()).isEqualTo(sent.get(0).headers());
        assertThat(sent.get(1).bodyText()).isEqualTo((body(method) != null) ? "some content" : "");
    }

    private static List<Request> sent(ScriptedServer server, String target) {
        return server.requests().stream()
                .filter(request -> request.target().equals(target))
                .toList();
    }

    static Stream<Arguments> others() {
        return Stream.of(Wiring.values())
                .flatMap(wiring -> Stream.of(Break.values())
                        .flatMap(kind -> Stream.of("POST", "PATCH").map(method -> arguments(wiring, kind, method))));
    }

    @ParameterizedTest
    @MethodSource("others")
    void otherRequestIsNotSentAgain(Wiring wiring, Break kind, String method) throws Exception {
        ScriptedServer server = this.leaks.server(kind.on(wiring.server()).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.send(method, server.uri("/second"), body(method)))
                .isInstanceOf(IOException.class);

        assertThat(sent(server, "/second")).hasSize(1);
        assertThat(client.get(server.uri("/third")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void largeUploadThatIsResetInItsMiddleIsSentAgain(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).request(1).afterRequestBytes(100_000, rst()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        byte[] body = new byte[1_000_000];
        assertThat(client.send("PUT", server.uri("/second"), new ByteArrayEntity(body, ContentType.DEFAULT_BINARY))
                        .status())
                .isEqualTo(200);

        assertThat(sent(server, "/second"))
                .hasSize(2)
                .last()
                .satisfies(request -> assertThat(request.body()).hasSize(body.length));
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void requestOnAFreshConnectionIsNotSentAgain(Wiring wiring) throws Exception {
        for (Break kind : Break.values()) {
            ScriptedServer server = this.leaks.server(wiring.server()
                    .onConnection(0, script -> script.request(0).at(kind.moment, kind.effect))
                    .start());
            TestClient client = TestClient.withDefaults(this.leaks);

            assertThatThrownBy(() -> client.get(server.uri("/first"))).isInstanceOf(IOException.class);

            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void requestIsNotSentAgainAfterAByteOfAnAnswer(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).request(1).cutAfter(1))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.get(server.uri("/second"))).isInstanceOf(IOException.class);

        assertThat(sent(server, "/second")).hasSize(1);
    }

    @Test
    void requestIsNotSentAgainAfterAnInterimAnswer() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .request(1)
                                .at(Moment.REQUEST_BODY, Effect.write("HTTP/1.1 102 Processing\r\n\r\n"), fin()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.get(server.uri("/second"))).isInstanceOf(IOException.class);

        assertThat(sent(server, "/second")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void requestIsNotSentAgainAfterAReadTimeout(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, stall()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.readTimeout(Duration.ofMillis(200)));
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.get(server.uri("/second"))).isInstanceOf(SocketTimeoutException.class);

        server.awaitRequests(2, LIMIT);
        assertThat(sent(server, "/second")).hasSize(1);
    }

    @Test
    void bodyThatCanBeReadOnceIsNotSentAgain() throws Exception {
        ScriptedServer server = this.leaks.server(
                Break.FIN_AFTER_THE_REQUEST.on(ScriptedServer.http()).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        HttpEntity once = new InputStreamEntity(new ByteArrayInputStream(new byte[10]), 10, null);
        assertThatThrownBy(() -> client.send("PUT", server.uri("/second"), once))
                .isInstanceOf(IOException.class);

        assertThat(sent(server, "/second")).hasSize(1);
    }

    @Test
    void bodyThatFailsIsNotTriedAgain() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));
        AtomicInteger tries = new AtomicInteger();
        HttpEntity failing = new EntityTemplate(10, ContentType.DEFAULT_BINARY, null, out -> {
            tries.incrementAndGet();
            throw new IOException("no such file");
        });

        assertThatThrownBy(() -> client.send("PUT", server.uri("/second"), failing))
                .hasMessage("no such file");

        assertThat(tries).hasValue(1);
    }

    @Test
    void replayCanBeSwitchedOff() throws Exception {
        ScriptedServer server = this.leaks.server(
                Break.FIN_AFTER_THE_REQUEST.on(ScriptedServer.http()).start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.replay(false));
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.get(server.uri("/second"))).isInstanceOf(IOException.class);

        assertThat(sent(server, "/second")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void secondBreakSurfacesWithTheFirst(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(Break.FIN_AFTER_THE_REQUEST
                .on(wiring.server())
                .onConnection(1, script -> script.request(0).at(Moment.REQUEST_BODY, rst()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.get(server.uri("/second")))
                .isInstanceOf(IOException.class)
                .satisfies(ex -> assertThat(ex.getSuppressed()).hasSize(1));

        assertThat(sent(server, "/second")).hasSize(2);
    }

    @Test
    void replayThatCannotConnectSurfacesWithTheFirst() throws Exception {
        AtomicReference<ScriptedServer> itself = new AtomicReference<>();
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .request(1)
                                .at(Moment.REQUEST_BODY, call(() -> itself.get().stopListening()), fin()))
                .start());
        itself.set(server);
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.get(server.uri("/second")))
                .isInstanceOf(java.net.ConnectException.class)
                .satisfies(ex -> assertThat(ex.getSuppressed()).hasSize(1));
    }

    @Test
    void replayKeepsItsPlaceBeforeThoseWhoWait() throws Exception {
        CountDownLatch breakNow = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, until(breakNow), fin()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        client.get(server.uri("/first"));
        ExecutorService callers = Executors.newFixedThreadPool(3);
        this.leaks.closeAfter(callers::shutdownNow);

        Future<TestClient.Reply> replayed = callers.submit(() -> client.get(server.uri("/broken")));
        server.awaitRequests(2, LIMIT);
        Future<TestClient.Reply> waiting = callers.submit(() -> client.post(server.uri("/waiting"), "x"));
        await().atMost(LIMIT).until(() -> client.pending() == 1);
        breakNow.countDown();

        assertThat(replayed.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(waiting.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(server.requests())
                .extracting(Request::target)
                .containsExactly("/first", "/broken", "/broken", "/waiting");
        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @Test
    void placeOfAReplayThatIsNotMadeGoesToWhoWaits() throws Exception {
        AtomicReference<Thread> interrupted = new AtomicReference<>();
        CountDownLatch breakNow = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .request(1)
                                .at(
                                        Moment.REQUEST_BODY,
                                        until(breakNow),
                                        call(() -> interrupted.get().interrupt()),
                                        fin()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        client.get(server.uri("/first"));
        ExecutorService callers = Executors.newFixedThreadPool(3);
        this.leaks.closeAfter(callers::shutdownNow);

        Future<TestClient.Reply> broken = callers.submit(() -> {
            interrupted.set(Thread.currentThread());
            return client.get(server.uri("/broken"));
        });
        server.awaitRequests(2, LIMIT);
        Future<TestClient.Reply> waiting = callers.submit(() -> client.post(server.uri("/waiting"), "x"));
        await().atMost(LIMIT).until(() -> client.pending() == 1);
        breakNow.countDown();

        assertThatThrownBy(() -> broken.get(5, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(java.nio.channels.ClosedByInterruptException.class)
                .cause()
                .isInstanceOf(InterruptedIOException.class);
        assertThat(waiting.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(sent(server, "/broken")).hasSize(1);
    }

    /** The connection of an aborted call comes back by the thread that aborts it, before, while or after the call ends. */
    @RepeatedTest(20)
    void abortedCallIsNotSentAgain() throws Exception {
        HttpGet request = new HttpGet("http://placeholder");
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, call(request::abort), fin()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        client.get(server.uri("/first"));
        request.setUri(server.uri("/second"));

        assertThatThrownBy(() -> client.http().execute(request, response -> null))
                .isInstanceOf(IOException.class);

        assertThat(sent(server, "/second")).hasSize(1);
        assertThat(client.get(server.uri("/third")).status()).isEqualTo(200);
    }

    @Test
    void interceptorsFindTheRequestAsTheUserMadeIt() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        ScriptedServer server = this.leaks.server(
                Break.FIN_AFTER_THE_REQUEST.on(ScriptedServer.http()).start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.addRequestInterceptorLast(
                        (request, entity, context) -> request.addHeader("X-Run", runs.incrementAndGet()))));
        client.get(server.uri("/first"));

        client.send("PUT", server.uri("/second"), new StringEntity("some content"));

        assertThat(sent(server, "/second"))
                .extracting(request -> request.headers("X-Run"))
                .containsExactly(List.of("2"), List.of("3"));
        assertThat(sent(server, "/second")).allSatisfy(request -> {
            assertThat(request.headers("Content-Length")).containsExactly("12");
            assertThat(request.headers("Host")).hasSize(1);
            assertThat(request.headers("Content-Type")).hasSize(1);
            assertThat(request.headers("User-Agent")).hasSize(1);
        });
    }

    @Test
    void redirectedRequestIsReplayedWhereItBroke() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(status(302)
                                        .header("Location", "/target")
                                        .body("moved"))
                                .request(1)
                                .at(Moment.REQUEST_BODY, fin()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(server.uri("/source")).status()).isEqualTo(200);

        assertThat(server.requests()).extracting(Request::target).containsExactly("/source", "/target", "/target");
        assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 0, 1);
    }

    @Test
    void credentialsAreSentOnceWithEachSending() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(status(401)
                                        .header("WWW-Authenticate", "Basic realm=\"x\"")
                                        .body("who are you?"))
                                .request(1)
                                .at(Moment.REQUEST_BODY, fin()))
                .start());
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));

        assertThat(client.send("PUT", server.uri("/"), new StringEntity("content"))
                        .status())
                .isEqualTo(200);

        assertThat(server.requests())
                .extracting(request -> request.headers("Authorization").size())
                .containsExactly(0, 1, 1);
        assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 0, 1);
        assertThat(server.requests()).extracting(Request::bodyText).containsOnly("content");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"})
    void statusThatAsksForPatienceIsHandedOutAtOnce(String method) throws Exception {
        for (int status : new int[] {429, 503}) {
            for (String retryAfter : List.of("1", "86400", "99999999999999", "Fri, 31 Dec 2100 23:59:59 GMT")) {
                ScriptedServer server = this.leaks.server(ScriptedServer.http()
                        .byDefault(
                                status(status).header("Retry-After", retryAfter).body("later"))
                        .start());
                TestClient client = TestClient.withDefaults(this.leaks);

                long start = System.nanoTime();
                assertThat(client.send(method, server.uri("/"), body(method)).status())
                        .isEqualTo(status);

                assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(900));
                assertThat(server.requests()).hasSize(1);
            }
        }
    }

    @Test
    void retryStrategyOfAUserWins() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).answer(status(503)))
                .byDefault(ok("now"))
                .start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder ->
                        builder.setRetryStrategy(new DefaultHttpRequestRetryStrategy(1, TimeValue.ofMilliseconds(1)))));

        assertThat(client.get(server.uri("/")).body()).isEqualTo("now");

        assertThat(server.requests()).hasSize(2);
    }
}

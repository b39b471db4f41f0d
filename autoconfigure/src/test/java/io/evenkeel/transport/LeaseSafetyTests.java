// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.answer;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.rst;
import static io.evenkeel.testing.Effect.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.event.CreationResult;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever goes wrong in a call, its lease comes back: each test has one connection to lose, and would wait for it. */
class LeaseSafetyTests {

    private static final Duration GLANCE = Duration.ofMillis(30);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments("302", status(302).header("Location", "https://other.invalid/")),
                arguments("403", status(403)),
                arguments("403 with a body", status(403).body("no")),
                arguments("403 with a large body", status(403).body("no".repeat(100_000))),
                arguments("407", status(407).header("Proxy-Authenticate", "Basic realm=\"x\"")),
                arguments(
                        "407 with a body",
                        status(407)
                                .header("Proxy-Authenticate", "Basic realm=\"x\"")
                                .body("no")),
                arguments("502", status(502).body("bad")),
                arguments("502 and close", status(502).header("Connection", "close")),
                arguments("101", raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")),
                arguments("garbage", raw("")),
                arguments("nothing", raw("")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void proxyThatRefusesTheTunnelCostsNoLease(String name, Answer refusal) throws Exception {
        ScriptedServer proxy = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> {
                    switch (name) {
                        case "garbage" -> request.at(Moment.REQUEST_BODY, write("SSH-2.0-OpenSSH_9.2\r\n"), fin());
                        case "nothing" -> request.at(Moment.REQUEST_BODY, fin());
                        default -> {}
                    }
                })
                .byDefault(refusal)
                .start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.limits(1, 0)
                        .customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port()))));

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> client.get(URI.create("https://origin.invalid/")))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(io.evenkeel.error.AcquireTimeoutException.class);
            assertThat(client.active()).isZero();
        }

        assertThat(client.events.created).hasSize(10).containsOnly(CreationResult.PROXY);
        assertThat(proxy.requestCount("CONNECT")).isEqualTo(10);
    }

    @Test
    @org.junit.jupiter.api.Timeout(20)
    void refusalOfATunnelThatNeverEndsIsGivenUp() throws Exception {
        ScriptedServer proxy = this.leaks.server(ScriptedServer.http()
                .byDefault(raw("HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .onEveryRequest(request -> request.then(Effect.writeForever("5\r\nhello\r\n")))
                .start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port()))));

        assertThatThrownBy(() -> client.get(URI.create("https://origin.invalid/")))
                .isInstanceOf(java.net.ConnectException.class)
                .hasMessageContaining("403");

        assertThat(client.active()).isZero();
        assertThat(client.idle()).isZero();
    }

    @Test
    void refusalOfATunnelThatIsCutOffIsABadResponse() throws Exception {
        ScriptedServer proxy = this.leaks.server(ScriptedServer.http()
                .byDefault(raw("HTTP/1.1 403 No\r\nContent-Length: 10\r\n\r\nabc"))
                .onEveryRequest(request -> request.then(fin()))
                .start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port()))));

        assertThatThrownBy(() -> client.get(URI.create("https://origin.invalid/")))
                .isInstanceOfSatisfying(
                        BadResponseException.class,
                        bad -> assertThat(bad.reason()).isEqualTo("truncated"));

        assertThat(client.active()).isZero();
    }

    static Stream<Arguments> accidents() {
        return Stream.of(Wiring.PLAIN, Wiring.TLS_1_3)
                .flatMap(wiring -> Stream.<Supplier<Throwable>>of(
                                StackOverflowError::new,
                                () -> new OutOfMemoryError("not really"),
                                () -> new AssertionError("x"),
                                () -> new IllegalStateException("x"))
                        .map(thrown -> arguments(wiring, thrown)));
    }

    @ParameterizedTest
    @MethodSource("accidents")
    void bodyThatFailsCostsNoLease(Wiring wiring, Supplier<Throwable> thrown) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        HttpEntity failing = new EntityTemplate(10, ContentType.DEFAULT_BINARY, null, out -> sneak(thrown.get()));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> client.send("POST", server.uri("/"), failing))
                    .isInstanceOf(thrown.get().getClass());
            assertThat(client.active()).isZero();
            assertThat(client.post(server.uri("/"), "x").body()).isEqualTo("ok");
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @ParameterizedTest
    @MethodSource("accidents")
    void handlerThatFailsCostsNoLease(Wiring wiring, Supplier<Throwable> thrown) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        assertThatThrownBy(() -> client.http().execute(new HttpGet(server.uri("/")), response -> {
                    sneak(thrown.get());
                    return null;
                }))
                .isInstanceOf(thrown.get().getClass());

        assertThat(client.active()).isZero();
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @MethodSource("accidents")
    void interceptorThatFailsCostsNoLease(Wiring wiring, Supplier<Throwable> thrown) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.limits(1, 0)
                        .customizer(builder -> builder.addResponseInterceptorLast((response, entity, context) -> {
                                    if (response.containsHeader("X-Fail")) {
                                        sneak(thrown.get());
                                    }
                                })
                                .addRequestInterceptorLast((request, entity, context) -> {
                                    if (request.getPath().equals("/fail")) {
                                        sneak(thrown.get());
                                    }
                                })));
        client.get(server.uri("/"));

        assertThatThrownBy(() -> client.get(server.uri("/fail")))
                .isInstanceOf(thrown.get().getClass());

        assertThat(client.active()).isZero();
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @Test
    void earlyAnswerToAnUploadIsHandedOut() throws Exception {
        for (int i = 0; i < 20; i++) {
            ScriptedServer server = this.leaks.server(ScriptedServer.http()
                    .onConnection(
                            0,
                            script -> script.request(0)
                                    .at(
                                            Moment.REQUEST_HEAD,
                                            answer(status(413).body("too large")),
                                            pause(GLANCE),
                                            rst()))
                    .start());
            TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

            TestClient.Reply reply =
                    client.send("POST", server.uri("/"), new ByteArrayEntity(new byte[20_000_000], null));

            assertThat(reply).isEqualTo(new TestClient.Reply(413, "too large"));
            assertThat(client.idle()).isZero();
            assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void uploadThatIsCutShortCostsNoLease(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, answer(status(413)), fin()))
                .onConnection(1, script -> script.request(0).at(Moment.REQUEST_HEAD, rst()))
                .onConnection(2, script -> script.request(0).afterRequestBytes(50_000, fin()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        for (int i = 0; i < 3; i++) {
            try {
                client.send("POST", server.uri("/"), new ByteArrayEntity(new byte[10_000_000], null));
            } catch (IOException ex) {
                // Where TLS breaks there is nothing to read any more.
            }
            assertThat(client.active()).isZero();
        }
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @Test
    void answerBeforeTheEndOfAnUploadDoesNotLeaveItsRestBehind() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, answer(status(200))))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        assertThat(client.send("POST", server.uri("/"), new ByteArrayEntity(new byte[10_000_000], null))
                        .status())
                .isEqualTo(200);

        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.drip;
import static io.evenkeel.testing.Effect.writeForever;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.RequestScript;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An answer whose rest nobody wants costs its caller next to nothing, and its connection only if it has to. */
class ClosingAnswersTests {

    /** Far above what is promised, and far below what the bodies here would take. */
    private static final long QUICK_MILLIS = 1500;

    private static final String CHUNK = "400\r\n" + "x".repeat(1024) + "\r\n";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** Bodies whose end does not come. */
    enum Endless {
        CHUNKED(request ->
                request.answer(head("Transfer-Encoding: chunked")).at(Moment.RESPONSE_HEAD, writeForever(CHUNK))),
        HUGE_LENGTH(request -> request.answer(head("Content-Length: 1000000000000"))
                .at(Moment.RESPONSE_HEAD, writeForever("x".repeat(1024)))),
        CLOSE_DELIMITED(request ->
                request.answer(head("Connection: close")).at(Moment.RESPONSE_HEAD, writeForever("x".repeat(1024)))),
        SLOW_LENGTH(request -> request.answer(head("Content-Length: 60000"))
                .at(Moment.RESPONSE_HEAD, drip(1, Duration.ofMillis(10)), writeForever("x"))),
        SLOW_CHUNKED(request -> request.answer(head("Transfer-Encoding: chunked"))
                .at(Moment.RESPONSE_HEAD, drip(8, Duration.ofMillis(10)), writeForever("3\r\nabc\r\n"))),
        SILENT(request -> request.answer(head("Content-Length: 10")).at(Moment.RESPONSE_HEAD, Effect.stall())),
        GZIP(request -> request.answer(head("Content-Encoding: gzip\r\nTransfer-Encoding: chunked"))
                .at(Moment.RESPONSE_HEAD, writeForever(CHUNK)));

        private final Consumer<RequestScript> script;

        Endless(Consumer<RequestScript> script) {
            this.script = script;
        }

        private static Answer head(String fields) {
            return raw("HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n");
        }
    }

    static Stream<Arguments> endless() {
        return Stream.of(Wiring.PLAIN, Wiring.TLS_1_2, Wiring.TLS_1_3)
                .flatMap(wiring -> Stream.of(Endless.values()).map(body -> arguments(wiring, body)));
    }

    @ParameterizedTest
    @MethodSource("endless")
    void bodyWithoutAnEndIsGivenUpQuickly(Wiring wiring, Endless body) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> body.script.accept(script.request(0)))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        long start = System.nanoTime();
        int status = client.http().execute(new HttpGet(server.uri("/")), ClassicHttpResponse::getCode);

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(QUICK_MILLIS);
        assertThat(status).isEqualTo(200);
        assertThat(client.active()).isZero();
        assertThat(client.idle()).isZero();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
    }

    static Stream<Arguments> statuses() {
        return Stream.of(Wiring.PLAIN, Wiring.TLS_1_3)
                .flatMap(wiring -> Stream.of(
                        arguments(wiring, "404 Not Found", 404),
                        arguments(wiring, "302 Found\r\nLocation: /next", 200),
                        arguments(wiring, "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"", 200)));
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void endlessBodyIsGivenUpQuicklyWhateverTheStatus(Wiring wiring, String status, int outcome) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(raw("HTTP/1.1 " + status + "\r\nTransfer-Encoding: chunked\r\n\r\n"))
                                .at(Moment.RESPONSE_HEAD, writeForever(CHUNK)))
                .start());
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));

        long start = System.nanoTime();
        int seen = client.http().execute(new HttpGet(server.uri("/")), ClassicHttpResponse::getCode);

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(QUICK_MILLIS);
        assertThat(seen).isEqualTo(outcome);
    }

    static Stream<Arguments> shortRests() throws IOException {
        byte[] noise = new byte[50_000];
        new Random(1).nextBytes(noise);
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(noise);
        }
        return Stream.of(Wiring.values())
                .flatMap(wiring -> Stream.of(
                        arguments(wiring, ok("x".repeat(60_000))),
                        arguments(wiring, ok("x".repeat(60_000)).chunked()),
                        arguments(
                                wiring,
                                ok("").header("Content-Encoding", "gzip").body(zipped.toByteArray())),
                        arguments(wiring, status(404).body("x".repeat(1000))),
                        arguments(
                                wiring, status(302).header("Location", "/next").body("x".repeat(1000)))));
    }

    @ParameterizedTest
    @MethodSource("shortRests")
    void shortRestIsReadAndTheConnectionKept(Wiring wiring, Answer answer) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).answer(answer))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.http().execute(new HttpGet(server.uri("/")), ClassicHttpResponse::getCode);
        client.get(server.uri("/next"));

        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void shortRestOfALongBodyIsReadAndTheConnectionKept(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).answer(ok("x".repeat(1_000_000))))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.http().execute(new HttpGet(server.uri("/")), response -> {
            assertThat(response.getEntity().getContent().readNBytes(950_000)).hasSize(950_000);
            return null;
        });
        client.get(server.uri("/next"));

        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void longRestIsNotRead(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).answer(ok("x".repeat(200_000))))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.http().execute(new HttpGet(server.uri("/")), ClassicHttpResponse::getCode);

        assertThat(client.idle()).isZero();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
    }

    @Test
    void answerThatIsClosedUnreadGivesItsConnectionBack() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 3; i++) {
            @SuppressWarnings("deprecation")
            ClassicHttpResponse response = client.http().execute(new HttpGet(server.uri("/")));
            response.close();
            response.close();
        }

        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.idle()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void streamThatIsClosedGivesNothingMore(Wiring wiring) throws Exception {
        for (int length : new int[] {5_000, 60_000, 200_000}) {
            ScriptedServer server = this.leaks.server(
                    wiring.server().byDefault(ok("x".repeat(length))).start());
            TestClient client = TestClient.withDefaults(this.leaks);

            client.http().execute(new HttpGet(server.uri("/")), response -> {
                InputStream in = response.getEntity().getContent();
                assertThat(in.read()).isEqualTo('x');
                in.close();
                in.close();
                assertThatThrownBy(in::read).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> in.read(new byte[10])).isInstanceOf(IOException.class);
                assertThatThrownBy(in::available).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> in.skip(10)).isInstanceOf(IOException.class);
                return null;
            });
        }
    }

    @Test
    void streamBehavesAsAStream() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(ok("0123456789".repeat(1000))).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.http().execute(new HttpGet(server.uri("/")), response -> {
            InputStream in = response.getEntity().getContent();
            assertThat(in.markSupported()).isFalse();
            assertThat(in.read()).isEqualTo('0');
            assertThat(in.read(new byte[0])).isZero();
            assertThat(in.skip(-1)).isZero();
            assertThat(in.skip(0)).isZero();
            assertThat(in.skip(2)).isEqualTo(2);
            assertThat(in.readNBytes(3)).asString().isEqualTo("345");
            assertThat(in.available()).isPositive();
            in.skipNBytes(1);
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            assertThat(in.transferTo(rest)).isEqualTo(9993);
            assertThat(rest.toString(StandardCharsets.UTF_8)).startsWith("789");
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.readAllBytes()).isEmpty();
            assertThat(in.skip(1)).isZero();
            assertThat(in.available()).isZero();
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void timeoutOfTheDrainDoesNotStayWithTheConnection(Wiring wiring) throws Exception {
        ServerScript script = wiring.server()
                .onConnection(
                        0,
                        connection -> connection
                                .request(0)
                                .answer(ok("x".repeat(1000)))
                                .request(1)
                                .at(Moment.REQUEST_BODY, Effect.pause(Duration.ofMillis(300))));
        ScriptedServer server = this.leaks.server(script.start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.http().execute(new HttpGet(server.uri("/")), ClassicHttpResponse::getCode);

        assertThat(client.post(server.uri("/slow"), "x").body()).isEqualTo("ok");

        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }
}

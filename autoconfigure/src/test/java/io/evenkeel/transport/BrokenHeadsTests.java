// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.error.BadResponseException.Reason.MALFORMED;
import static io.evenkeel.error.BadResponseException.Reason.TOO_LARGE;
import static io.evenkeel.error.BadResponseException.Reason.TRUNCATED;
import static io.evenkeel.testing.Answer.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.ResponseLimits.UnknownCoding;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Section C of the fault matrix: heads that are cut off, broken or too large. Each position of a cut is in {@link
 * ResponseSweepTests}, what comes too slowly or not at all in {@link ReadTimeoutTests}.
 */
class BrokenHeadsTests {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String BODY = "Content-Length: 2\r\n\r\nhi";
    private static final String INTERIM = "HTTP/1.1 102 Processing\r\n\r\n";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    static Stream<Arguments> overPlainAndTls(Stream<Arguments> rows) {
        return rows.flatMap(row -> Stream.of(Wiring.PLAIN, Wiring.TLS_1_3).map(wiring -> {
            Object[] all = new Object[row.get().length + 1];
            all[0] = wiring;
            System.arraycopy(row.get(), 0, all, 1, row.get().length);
            return arguments(all);
        }));
    }

    static Stream<Arguments> cutOff() {
        return overPlainAndTls(Stream.of(
                arguments("C02", "H"),
                arguments("C08", "HTTP/1."),
                arguments("C12", "HTTP/1.1 20"),
                arguments("C13", "HTTP/1.1 200"),
                arguments("C14", "HTTP/1.1 200 "),
                arguments("C17", "HTTP/1.1 200 OK\r"),
                arguments("C18", OK),
                arguments("C19", OK + "Content-Le"),
                arguments("C19", OK + "Content-Length: 2"),
                arguments("C20", OK + "Content-Length: 2\r\n"),
                arguments("C20", OK + "Content-Length: 2\r\n\r"),
                arguments("C20", OK + "Connection: close\r\n"),
                arguments("C20 behind an interim answer", INTERIM + OK),
                arguments("C20 with LF", "HTTP/1.1 204 No Content\n")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cutOff")
    void headThatIsCutOffIsRefused(Wiring wiring, String row, String bytes) {
        new FaultRig(this.leaks, wiring, false, raw(bytes), Effect.fin()).assertRefused(TRUNCATED);
    }

    /** The server keeps the connection open: waiting for more would last until the read timeout. */
    static Stream<Arguments> broken() {
        return overPlainAndTls(Stream.of(
                arguments("C25 unasked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
                arguments("C29 a line before", "GARBAGE\r\n" + OK + BODY),
                arguments("C29 two empty lines before", "\r\n\r\n" + OK + BODY),
                arguments("C29 two lone LF before", "\n\n" + OK + BODY),
                arguments("C29 CR without LF before", "\r" + OK + BODY),
                arguments("C29 a line of a blank before", " \r\n" + OK + BODY),
                arguments("C29 an empty line behind an interim answer", INTERIM + "\r\n" + OK + BODY),
                arguments("C29 a blank before", " " + OK + BODY),
                arguments("C30 SSH", "SSH-2.0-OpenSSH_9.2\r\n"),
                arguments("C30 SMTP", "220 mail.example.com ESMTP"),
                arguments("C30 without an end", "H2"),
                arguments("C30 TLS alert", "\u0015\u0003\u0001\u0000\u0002\u0002\n"),
                arguments("C31 099", "HTTP/1.1 099"),
                arguments("C31 1000", "HTTP/1.1 1000"),
                arguments("C31 20", "HTTP/1.1 20 OK"),
                arguments("C31 2x0", "HTTP/1.1 2x"),
                arguments("C31 signed", "HTTP/1.1 +"),
                arguments("C31 HTTP/2.0", "HTTP/2"),
                arguments("C31 HTTP/1.2", "HTTP/1.2"),
                arguments("C31 HTTP/1.10", "HTTP/1.10"),
                arguments("C31 http", "http"),
                arguments("C31 ICY", "ICY 200 OK"),
                arguments("C31 two blanks", "HTTP/1.1  "),
                arguments("C31 missing", "HTTP/1.1\r"),
                arguments("C31 missing behind a blank", "HTTP/1.1 \r"),
                arguments("C33 no colon", OK + "nocolon\r\n" + BODY),
                arguments("C33 a blank before the colon", OK + "Name : x\r\n" + BODY),
                arguments("C33 a tab before the colon", OK + "Name\t: x\r\n" + BODY),
                arguments("C33 no name", OK + ": x\r\n" + BODY),
                arguments("C33 a blank in the name", OK + "Na me: x\r\n" + BODY),
                arguments("C33 not a token", OK + "Na(me: x\r\n" + BODY),
                arguments("C33 not ASCII", OK + "N\u00e4me: x\r\n" + BODY),
                arguments("C34 fold before any field", OK + " folded\r\n" + BODY),
                arguments("C34 NUL in a value", OK + "Name: a\u0000b\r\n" + BODY),
                arguments("C34 NUL in the reason", "HTTP/1.1 200 O\u0000K\r\n" + BODY),
                arguments("C34 bare CR in a value", OK + "Name: a\rContent-Length: 0\r\n" + BODY),
                arguments("C34 bare CR in the reason", "HTTP/1.1 200 O\rK\r\n" + BODY),
                arguments("C34 CR before CRLF", OK + "Name: a\r\r\n" + BODY),
                arguments("C35 two lengths", OK + "Content-Length: 1\r\n" + BODY),
                arguments("C36 the same length twice", OK + "Content-Length: 2\r\n" + BODY),
                arguments("C36 a list", OK + "Content-Length: 2, 2\r\n\r\nhi"),
                arguments("C37 signed", OK + "Content-Length: +2\r\n\r\nhi"),
                arguments("C37 hexadecimal", OK + "Content-Length: 0x2\r\n\r\nhi"),
                arguments("C37 two numbers", OK + "Content-Length: 2 2\r\n\r\nhi"),
                arguments("C38 negative", OK + "Content-Length: -1\r\n\r\nhi"),
                arguments("C38 too large", OK + "Content-Length: 9223372036854775808\r\n\r\nhi"),
                arguments("C38 far too large", OK + "Content-Length: 99999999999999999999999\r\n\r\nhi"),
                arguments("C38 empty", OK + "Content-Length:\r\n\r\nhi"),
                arguments("C38 a word", OK + "Content-Length: two\r\n\r\nhi"),
                arguments("C38 a fraction", OK + "Content-Length: 2.0\r\n\r\nhi"),
                arguments("C38 other digits", OK + "Content-Length: \u00b2\r\n\r\nhi"),
                arguments(
                        "C39 length and chunks",
                        OK + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"),
                arguments(
                        "C39 chunks and length",
                        OK + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                arguments(
                        "C39 two empty lengths and chunks",
                        OK + "Content-Length:\r\n".repeat(2) + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                arguments(
                        "C39 an empty length and a real one and chunks",
                        OK + "Content-Length:\r\nTransfer-Encoding: chunked\r\n" + BODY),
                arguments("C39 an empty length and a real one", OK + "Content-Length:\r\n" + BODY),
                arguments(
                        "C39 an empty length and two codings",
                        OK + "Content-Length:\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                arguments(
                        "C39 an empty length and chunks twice",
                        OK + "Content-Length:\r\n" + "Transfer-Encoding: chunked\r\n".repeat(2) + "\r\n0\r\n\r\n"),
                arguments("C40 chunked twice", OK + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
                arguments(
                        "C40 chunked in two fields",
                        OK + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                arguments("C40 gzip, chunked", OK + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                arguments("C40 identity", OK + "Transfer-Encoding: identity\r\n\r\n"),
                arguments("C40 xchunked", OK + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                arguments("C40 vertical tab", OK + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n"),
                arguments("C40 empty", OK + "Transfer-Encoding:\r\n\r\n0\r\n\r\n")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("broken")
    void brokenHeadIsRefusedAtOnce(Wiring wiring, String row, String bytes) {
        new FaultRig(this.leaks, wiring, false, raw(bytes)).assertRefused(MALFORMED);
    }

    static Stream<Arguments> tooLarge() {
        return overPlainAndTls(Stream.of(
                arguments("C24 a twenty-first interim answer", INTERIM.repeat(21)),
                arguments("C24 interim answers of 64 KB", hints(22_000).repeat(3)),
                arguments(
                        "C24 interim answers and a head of 64 KB", hints(30_000).repeat(2) + head(6_000)),
                arguments("C26 101 header lines", OK + "X: y\r\n".repeat(101)),
                arguments("C26 120 header lines", OK + "X: y\r\n".repeat(120) + BODY),
                arguments("C27 a line that does not end", OK + "X: " + "y".repeat(64 * 1024)),
                arguments("C27 a status line that does not end", OK.trim() + "y".repeat(64 * 1024)),
                arguments("C28 one byte too many", head(64 * 1024 + 1)),
                arguments("C28 many long lines", OK + ("X: " + "y".repeat(8000) + "\r\n").repeat(9)),
                arguments("C28 folded", OK + "X: y\r\n" + (" " + "y".repeat(60) + "\r\n").repeat(1100)),
                arguments("C28 in an interim answer", "HTTP/1.1 103 Early Hints\r\n" + "Link: y\r\n".repeat(101))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("tooLarge")
    void headThatIsTooLargeIsRefusedAsSoonAsItIs(Wiring wiring, String row, String bytes) {
        new FaultRig(this.leaks, wiring, false, raw(bytes)).assertRefused(TOO_LARGE);
    }

    private static String hints(int size) {
        return "HTTP/1.1 103 Early Hints\r\nLink: " + "y".repeat(size) + "\r\n\r\n";
    }

    /** A head of exactly that size, of one long line. */
    private static String head(int size) {
        String around = OK + "Content-Length: 0\r\nX: \r\n\r\n";
        return OK + "Content-Length: 0\r\nX: " + "y".repeat(size - around.length()) + "\r\n\r\n";
    }

    static Stream<Arguments> accepted() {
        return overPlainAndTls(Stream.of(
                arguments("C24 six interim answers", INTERIM.repeat(6) + OK + BODY, 200, "hi", "Content-Length: 2"),
                arguments("C24 twenty of them", INTERIM.repeat(20) + OK + BODY, 200, "hi", "Content-Length: 2"),
                arguments("C24 large ones", hints(30_000).repeat(2) + OK + BODY, 200, "hi", "Content-Length: 2"),
                arguments(
                        "C24 of all kinds",
                        "HTTP/1.1 100 Continue\r\n\r\n" + INTERIM + hints(9) + "HTTP/1.1 199 X\r\n\r\n" + OK + BODY,
                        200,
                        "hi",
                        "Content-Length: 2"),
                arguments(
                        "C24 framing of an interim answer",
                        "HTTP/1.1 103 Hints\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + OK + BODY,
                        200,
                        "hi",
                        "Content-Length: 2"),
                arguments("C26 100 header lines", OK + "X: y\r\n".repeat(99) + BODY, 200, "hi", "X: y"),
                arguments("C27 a line of 9000", OK + "X: " + "y".repeat(9000) + "\r\n" + BODY, 200, "hi", null),
                arguments("C28 no byte too many", head(64 * 1024), 200, "", "Content-Length: 0"),
                arguments("C32 600", "HTTP/1.1 600 Odd\r\n" + BODY, 600, "hi", "Content-Length: 2"),
                arguments("C32 999", "HTTP/1.1 999 Odd\r\n" + BODY, 999, "hi", "Content-Length: 2"),
                arguments("C31 no reason", "HTTP/1.1 200\r\n" + BODY, 200, "hi", "Content-Length: 2"),
                arguments("C31 an empty reason", "HTTP/1.1 200 \r\n" + BODY, 200, "hi", "Content-Length: 2"),
                arguments("C34 folded", OK + "X: a\r\n \t b\r\n" + BODY, 200, "hi", "X: a b"),
                arguments("C34 folded at the end", OK + "Content-Length:\r\n 2\r\n\r\nhi", 200, "hi", null),
                arguments("C34 LF for CRLF", "HTTP/1.1 200 OK\nX: y\nContent-Length: 2\n\nhi", 200, "hi", "X: y"),
                arguments("C37 a blank behind", OK + "Content-Length: 2 \r\n\r\nhi", 200, "hi", null),
                arguments("C37 zeros before", OK + "Content-Length: 002\r\n\r\nhi", 200, "hi", null),
                arguments("an empty value", OK + "X:\r\n" + BODY, 200, "hi", "X: "),
                arguments("a value that is not ASCII", OK + "X: \u00e4\r\n" + BODY, 200, "hi", "X: \u00e4"),
                arguments(
                        "C40 in capitals",
                        OK + "Transfer-Encoding: CHUNKED\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                        200,
                        "hi",
                        null),
                arguments("204 with a length of 0", "HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", 204, "", null),
                arguments("304 with a length", "HTTP/1.1 304 Not\r\nContent-Length: 7\r\n\r\n", 304, "", null),
                arguments(
                        "304 with two lengths",
                        "HTTP/1.1 304 Not\r\n" + "Content-Length: 7\r\n".repeat(2) + "\r\n",
                        304,
                        "",
                        null)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("accepted")
    void unusualButValidHeadIsAccepted(Wiring wiring, String row, String bytes, int status, String body, String field)
            throws Exception {
        new FaultRig(this.leaks, wiring, true, raw(bytes)).assertAnswered(reply -> {
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.body()).isEqualTo(body);
            if (field != null) {
                assertThat(reply.head().stream().map(String::stripTrailing)).contains(field.stripTrailing());
            }
        });
    }

    /** What is taken, though another reader may see its end elsewhere; nothing may follow it. */
    static Stream<Arguments> oddlyFramed() {
        String chunked = "Transfer-Encoding: chunked\r\n";
        String chunks = "\r\n2\r\nhi\r\n0\r\n\r\n";
        return overPlainAndTls(Stream.of(
                arguments("C29 an empty line before", "\r\n" + OK + BODY),
                arguments("C29 a lone LF before", "\n" + OK + BODY),
                arguments("C29 an empty line before an interim answer", "\r\n" + INTERIM + OK + BODY),
                arguments("C39 an empty length before chunks", OK + "Content-Length:\r\n" + chunked + chunks),
                arguments("C39 an empty length behind chunks", OK + chunked + "Content-Length: \r\n" + chunks),
                arguments("C39 a length of blanks", OK + chunked + "Content-Length: \t \r\n" + chunks),
                arguments("C39 a folded empty length", OK + chunked + "Content-Length:\r\n \r\n" + chunks),
                arguments(
                        "C39 an empty length beside CHUNKED",
                        OK + "content-length:\r\nTransfer-Encoding: CHUNKED\r\n" + chunks)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("oddlyFramed")
    void headOfOddFramingIsAcceptedAndItsConnectionClosed(Wiring wiring, String row, String bytes) throws Exception {
        AtomicInteger connections = new AtomicInteger();
        ScriptedServer server =
                this.leaks.server(wiring.server().byDefault(raw(bytes)).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (String method : List.of("GET", "POST", "GET")) {
            assertThat(client.send(method, server.uri("/"), null)).isEqualTo(new TestClient.Reply(200, "hi"));
            assertThat(client.idle()).isZero();
            assertThat(server.connectionsAccepted()).isEqualTo(connections.incrementAndGet());
        }
        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
    }

    /** There it is what the answer before had too much. */
    @Test
    void emptyLineBeforeAHeadOnAKeptConnectionIsRefused() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).answer(raw("\r\n" + OK + BODY)))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(BadResponseException.class)
                .hasMessageContaining("does not begin with HTTP/1.0 or HTTP/1.1");
        assertThat(server.connectionsAccepted()).isOne();
    }

    @Test
    void noInterimAnswerIsAllowedIfTheirNumberIsZero() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(raw(INTERIM + OK + BODY)).start());
        TestClient none = TestClient.with(
                this.leaks,
                settings -> settings.responseLimits(new ResponseLimits(100, 65_536, 0, UnknownCoding.PASS, 0, 250)));

        assertThatThrownBy(() -> none.get(server.uri("/")))
                .hasMessageContaining("more than 0 interim responses came before it")
                .hasMessageContaining("Raise evenkeel.max-interim-responses");
    }

    @ParameterizedTest
    @EnumSource(
            value = Wiring.class,
            names = {"PLAIN", "TLS_1_3"})
    void headWithoutAnEndIsATimeout(Wiring wiring) {
        new FaultRig(
                        this.leaks,
                        wiring,
                        false,
                        settings -> settings.readTimeout(Duration.ofMillis(100)),
                        raw(OK + "Content-Le"))
                .assertFails(SocketTimeoutException.class, CloseReason.TIMEOUT, ex -> {});
    }

    @Test
    void messageNamesTheLimitAndItsKeyButNoValueOfAHeader() {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(raw(OK + "Set-Cookie: secret\r\n".repeat(101)))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatThrownBy(() -> client.get(server.uri("/?token=secret")))
                .hasMessage(
                        "The response of %s to client 'default' is too large: its head has more than 100 header "
                                + "lines. Raise evenkeel.max-response-headers if the server is meant to send that much.",
                        server.uri(""));
    }

    @Test
    void causeIsWhatHttpClientCallsIt() {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(raw(OK + "Content-Length: +2\r\n\r\nhi"))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatThrownBy(() -> client.get(server.uri("/"))).hasRootCauseInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @CsvSource({"10, 65536, 10", "100, 1024, 20"})
    void limitsAreThoseOfTheClient(int maxHeaders, int maxHeadBytes, int lines) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(raw(OK + ("X: " + "y".repeat(50) + "\r\n").repeat(lines) + BODY))
                .start());
        TestClient usual = TestClient.withDefaults(this.leaks);
        TestClient strict = TestClient.with(
                this.leaks,
                settings -> settings.responseLimits(
                        new ResponseLimits(maxHeaders, maxHeadBytes, 20, UnknownCoding.PASS, 0, 250)));

        assertThat(usual.get(server.uri("/")).status()).isEqualTo(200);
        assertThatThrownBy(() -> strict.get(server.uri("/"))).isInstanceOf(BadResponseException.class);
    }

    @Test
    void clientsWithOtherLimitsHaveOtherConnections() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));

        try (var other = client.another(TestClient.Settings.DEFAULTS.responseLimits(
                new ResponseLimits(10, 1024, 20, UnknownCoding.PASS, 0, 250)))) {
            TestClient.send(other, "GET", server.uri("/"), null);
        }

        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON",
                "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "x"
            })
    void whatComesBeforeTheRequestIsSentIsNotItsAnswer(String early) throws Exception {
        for (String method : new String[] {"GET", "POST"}) {
            CountDownLatch written = new CountDownLatch(1);
            ScriptedServer server = this.leaks.server(ScriptedServer.http()
                    .onConnection(
                            0, script -> script.at(Moment.ACCEPT, Effect.write(early), Effect.call(written::countDown)))
                    .start());
            TestClient client = TestClient.with(
                    this.leaks,
                    settings -> settings.customizer(builder ->
                            builder.addRequestInterceptorFirst((request, entity, context) -> await(written))));

            assertThatThrownBy(() -> client.send(method, server.uri("/"), new StringEntity("x")))
                    .isInstanceOfSatisfying(BadResponseException.class, bad -> {
                        assertThat(bad.reason()).isEqualTo("malformed");
                        assertThat(bad.sent()).isEqualTo(Sent.NO);
                    });

            assertThat(client.idle()).isZero();
            server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
            assertThat(server.bytesReceived(0)).isEmpty();
            assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }

    @Test
    void faultOfAnInterceptorIsNotThatOfTheResponse() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient ofRequest = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.addRequestInterceptorFirst((r, e, c) -> {
                    throw new ProtocolException("mine");
                })));
        TestClient ofResponse = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.addResponseInterceptorFirst((r, e, c) -> {
                    throw new ProtocolException("mine");
                })));
        TestClient ofChain = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.addExecInterceptorLast("mine", (r, s, c) -> {
                    c.proceed(r, s).close();
                    throw new ProtocolException("mine");
                })));

        for (TestClient client : new TestClient[] {ofRequest, ofResponse, ofChain}) {
            assertThatThrownBy(() -> client.get(server.uri("/")))
                    .isNotInstanceOf(BadResponseException.class)
                    .hasRootCauseMessage("mine");
        }
    }
}

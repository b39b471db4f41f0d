// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.error.BadResponseException.Reason.MALFORMED;
import static io.evenkeel.error.BadResponseException.Reason.TOO_LARGE;
import static io.evenkeel.error.BadResponseException.Reason.TRUNCATED;
import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Effect.fin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.BadResponseException.Reason;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.transport.http1.StrictChunks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Section D of the fault matrix: bodies that are cut off or broken. Each position of a cut is in {@link
 * ResponseSweepTests}, bodies that never end (D13, D14) and streams that are read after closing (D21) in {@link
 * ClosingAnswersTests}, bodies that come slowly in {@link ReadTimeoutTests}.
 */
class BrokenBodiesTests {

    private static final String LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: ";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String UNTIL_CLOSE = "HTTP/1.1 200 OK\r\n\r\n";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    static Stream<Arguments> cutOff() {
        return BrokenHeadsTests.overPlainAndTls(Stream.of(
                arguments("D01 no byte of it", LENGTH + "5\r\n\r\n"),
                arguments("D01 the half of it", LENGTH + "5\r\n\r\nab"),
                arguments("D01 all but one byte", LENGTH + "5\r\n\r\nabcd"),
                arguments("D02 inside of a chunk", CHUNKED + "5\r\nab"),
                arguments("D02 behind the data of a chunk", CHUNKED + "5\r\nabcde"),
                arguments("D02 inside of a size", CHUNKED + "5"),
                arguments("D02 behind a size", CHUNKED + "5\r\n"),
                arguments("D03 no last chunk", CHUNKED + "5\r\nabcde\r\n"),
                arguments("D03 no chunk at all", CHUNKED),
                arguments("D03 inside of the last chunk", CHUNKED + "5\r\nabcde\r\n0"),
                arguments("D03 inside of the trailer", CHUNKED + "5\r\nabcde\r\n0\r\nX: y"),
                arguments("D03 behind the trailer", CHUNKED + "5\r\nabcde\r\n0\r\nX: y\r\n")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cutOff")
    void bodyThatIsCutOffIsRefused(Wiring wiring, String row, String bytes) {
        new FaultRig(this.leaks, wiring, false, raw(bytes), fin()).assertRefused(TRUNCATED);
    }

    static Stream<Arguments> broken() {
        String last = "\r\nabcde\r\n0\r\n\r\n";
        return BrokenHeadsTests.overPlainAndTls(Stream.of(
                arguments("D05 a size of zz", CHUNKED + "zz" + last, MALFORMED),
                arguments("D05 a negative size", CHUNKED + "-1" + last, MALFORMED),
                arguments("D05 a size of 17 digits", CHUNKED + "10000000000000005" + last, MALFORMED),
                arguments("D05 the same behind zeros", CHUNKED + "00010000000000000005" + last, MALFORMED),
                arguments("D05 a size above a long behind zeros", CHUNKED + "000ffffffffffffffff" + last, MALFORMED),
                arguments("D05 zeros without an end", CHUNKED + "0".repeat(4097), MALFORMED),
                arguments("D05 a size above a long", CHUNKED + "8000000000000000" + last, MALFORMED),
                arguments("D05 no size", CHUNKED + last, MALFORMED),
                arguments("D05 a second size without digits", CHUNKED + "5\r\nabcde\r\n;x\r\n", MALFORMED),
                arguments("D06 +1", CHUNKED + "+5" + last, MALFORMED),
                arguments("D06 0x1", CHUNKED + "0x5" + last, MALFORMED),
                arguments("D06 a blank before", CHUNKED + " 5" + last, MALFORMED),
                arguments("D06 two sizes", CHUNKED + "5 5" + last, MALFORMED),
                arguments("D06 digits of another script", CHUNKED + "\u0665" + last, MALFORMED),
                arguments("D05 less data than it says", CHUNKED + "6\r\nabcde\r\n0\r\n\r\n", MALFORMED),
                arguments("D05 more data than it says", CHUNKED + "4" + last, MALFORMED),
                arguments("D05 LF for CRLF behind a size", CHUNKED + "5\nabcde\r\n0\r\n\r\n", MALFORMED),
                arguments("D05 LF for CRLF behind data", CHUNKED + "5\r\nabcde\n0\r\n\r\n", MALFORMED),
                arguments("D05 LF in an extension", CHUNKED + "5;a\nabcde\r\n0\r\n\r\n", MALFORMED),
                arguments("D05 CR for CRLF", CHUNKED + "5\rabcde", MALFORMED),
                arguments("D05 NUL in an extension", CHUNKED + "5;a=\u0000" + last, MALFORMED),
                arguments("D07 an extension without an end", CHUNKED + "5;" + "x".repeat(64 * 1024), TOO_LARGE),
                arguments("D07 101 trailers", CHUNKED + "0\r\n" + "X: y\r\n".repeat(101), TOO_LARGE),
                arguments("D07 a trailer without an end", CHUNKED + "0\r\nX: " + "y".repeat(64 * 1024), TOO_LARGE),
                arguments("D07 a trailer that is none", CHUNKED + "0\r\nnocolon\r\n\r\n", MALFORMED),
                arguments("D07 CR for CRLF at the end", CHUNKED + "0\r\n\rX", MALFORMED)));
    }

    /** The server keeps the connection open: waiting for more would last until the read timeout. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("broken")
    void brokenChunkIsRefusedAtOnce(Wiring wiring, String row, String bytes, Reason reason) {
        new FaultRig(this.leaks, wiring, false, raw(bytes)).assertRefused(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5\nabcde\r\n0\r\n\r\n", "5;a\nabcde\r\n", "5 \nabcde\r\n", "5\r\nabcde\r\n0\n\r\n"})
    void messageNamesTheEndOfALineThatIsWrong(String chunks) {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(raw(CHUNKED + chunks)).start());

        assertThatThrownBy(() -> TestClient.withDefaults(this.leaks).get(server.uri("/")))
                .isInstanceOf(BadResponseException.class)
                .hasMessageContaining("a chunk header of its body ends with a lone LF in place of CRLF");
    }

    static Stream<Arguments> accepted() {
        return BrokenHeadsTests.overPlainAndTls(Stream.of(
                arguments("D05 a size of 20 digits", CHUNKED + "00000000000000000005\r\nabcde\r\n0\r\n\r\n"),
                arguments(
                        "D05 many zeros before a capital", CHUNKED + "0".repeat(100) + "A\r\nabcdeabcde\r\n0\r\n\r\n"),
                arguments("D05 4096 zeros", CHUNKED + "0".repeat(4096) + "5\r\nabcde\r\n0\r\n\r\n"),
                arguments("D05 zeros and an extension", CHUNKED + "0".repeat(17) + "5 ;a\r\nabcde\r\n0\r\n\r\n"),
                arguments("D05 a last chunk of 40 zeros", CHUNKED + "5\r\nabcde\r\n" + "0".repeat(40) + "\r\n\r\n"),
                arguments("D05 a size of 16 digits", CHUNKED + "0000000000000005\r\nabcde\r\n0\r\n\r\n"),
                arguments("D05 a size in capitals", CHUNKED + "0000A\r\nabcdeabcde\r\n0\r\n\r\n"),
                arguments("D05 many zeros at the end", CHUNKED + "5\r\nabcde\r\n0000\r\n\r\n"),
                arguments("D06 blanks behind a size", CHUNKED + "5  \r\nabcde\r\n0\r\n\r\n"),
                arguments("D07 extensions", CHUNKED + "5;a=b;c\r\nabcde\r\n0 ;d=\"e\"\r\n\r\n"),
                arguments("D07 a long extension", CHUNKED + "5;" + "x".repeat(9000) + "\r\nabcde\r\n0\r\n\r\n"),
                arguments("D07 100 trailers", CHUNKED + "5\r\nabcde\r\n0\r\n" + "X: y\r\n".repeat(100) + "\r\n")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("accepted")
    void unusualButValidBodyIsAcceptedAndItsConnectionKept(Wiring wiring, String row, String bytes) throws Exception {
        new FaultRig(this.leaks, wiring, true, raw(bytes))
                .assertAnswered(reply -> assertThat(reply.body()).isIn("abcde", "abcdeabcde"));
    }

    /** RFC 9112, section 8: complete with its last chunk. */
    static Stream<Arguments> endedTooEarlyToKeepTheConnection() {
        return BrokenHeadsTests.overPlainAndTls(Stream.of(
                arguments("D04 no end of the trailer", CHUNKED + "5\r\nabcde\r\n0\r\n"),
                arguments("D04 half an end of the trailer", CHUNKED + "5\r\nabcde\r\n0\r\n\r"),
                arguments("D09 delimited by the end", UNTIL_CLOSE + "abcde")));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("endedTooEarlyToKeepTheConnection")
    void bodyThatEndsWithItsConnectionIsCompleteAndTheConnectionClosed(Wiring wiring, String row, String bytes)
            throws Exception {
        new FaultRig(this.leaks, wiring, false, raw(bytes), fin())
                .assertAnswered(reply -> assertThat(reply.body()).isEqualTo("abcde"));
    }

    /** D10: a length or chunks protect a body, TLS alone does not; the JDK does not tell how its stream has ended. */
    @Test
    void endWithoutCloseNotifyIsTheEndOfABodyThatIsDelimitedByIt() throws Exception {
        new FaultRig(this.leaks, Wiring.TLS_1_3, false, raw(UNTIL_CLOSE + "abc"), Effect.finWithoutCloseNotify())
                .assertAnswered(reply -> assertThat(reply.body()).isEqualTo("abc"));
    }

    /** D08: a reset is a failure of the network, and stays one. */
    @ParameterizedTest
    @EnumSource(
            value = Wiring.class,
            names = {"PLAIN", "TLS_1_3"})
    void resetInsideOfABodyEndsTheRead(Wiring wiring) {
        for (String head : List.of(UNTIL_CLOSE, LENGTH + "9\r\n\r\n", CHUNKED + "9\r\n")) {
            new FaultRig(this.leaks, wiring, false, raw(head + "abc"), Effect.rst())
                    .assertFails(
                            IOException.class,
                            CloseReason.ERROR,
                            ex -> assertThat(ex)
                                    .isInstanceOfAny(SocketException.class, javax.net.ssl.SSLException.class));
        }
    }

    /** D12 */
    @ParameterizedTest
    @EnumSource(
            value = Wiring.class,
            names = {"PLAIN", "TLS_1_3"})
    void silenceInsideOfABodyStaysATimeout(Wiring wiring) {
        for (String bytes : List.of(LENGTH + "9\r\n\r\nabc", CHUNKED + "9\r\nabc", CHUNKED + "1")) {
            new FaultRig(
                            this.leaks,
                            wiring,
                            false,
                            settings -> settings.readTimeout(Duration.ofMillis(100)),
                            raw(bytes))
                    .assertFails(SocketTimeoutException.class, CloseReason.TIMEOUT, ex -> {});
        }
    }

    /** The rest of the size "10" is a size, too: that of the last chunk. */
    @Test
    void readThatGoesOnAfterATimeoutInsideOfASizeFailsAgain() throws Exception {
        InputStream late = new ByteArrayInputStream("10\r\n\r\n".getBytes(StandardCharsets.US_ASCII)) {

            @Override
            public int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, 1);
            }
        };
        InputStream slow = new FilterInputStream(late) {

            private int reads;

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (++this.reads == 2) {
                    throw new SocketTimeoutException("slow");
                }
                return super.read(buffer, offset, length);
            }
        };
        try (StrictChunks chunks = new StrictChunks(new SessionInputBufferImpl(64), slow, ResponseLimits.DEFAULTS)) {
            assertThatThrownBy(chunks::read).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(chunks::read).isInstanceOf(SocketTimeoutException.class);
        }
    }

    static Stream<Arguments> undecodable() {
        byte[] zipped = zip("hello hello hello");
        byte[] corrupt = zipped.clone();
        corrupt[zipped.length - 6] ^= 1;
        return BrokenHeadsTests.overPlainAndTls(Stream.of(
                arguments("D17 six codings", coded("gzip, gzip, gzip, gzip, gzip, gzip", zipped), MALFORMED),
                arguments("D18 no gzip", coded("gzip", "hello".getBytes(StandardCharsets.UTF_8)), MALFORMED),
                arguments("D18 a wrong checksum", coded("gzip", corrupt), MALFORMED),
                arguments("D18 cut off", coded("gzip", Arrays.copyOf(zipped, zipped.length - 9)), TRUNCATED),
                arguments("D18 cut off in its head", coded("gzip", Arrays.copyOf(zipped, 5)), TRUNCATED),
                arguments("D18 no deflate", coded("deflate", "hello".getBytes(StandardCharsets.UTF_8)), MALFORMED)));
    }

    /** The framing is intact, so the connection is. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("undecodable")
    void contentThatCannotBeDecodedIsRefused(Wiring wiring, String row, Answer answer, Reason reason) throws Exception {
        ScriptedServer server =
                this.leaks.server(wiring.server().byDefault(answer).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (String method : List.of("GET", "POST")) {
            assertThatThrownBy(() -> client.send(method, server.uri("/"), null))
                    .isInstanceOfSatisfying(
                            BadResponseException.class,
                            bad -> assertThat(bad.reason())
                                    .isEqualTo(reason.name().toLowerCase(java.util.Locale.ROOT)));
            assertThat(client.active()).isZero();
        }
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Wiring.class,
            names = {"PLAIN", "TLS_1_3"})
    void compressedBodyThatIsCutOffOnTheWireIsTruncated(Wiring wiring) {
        byte[] zipped = zip("hello hello hello");
        String head = LENGTH + zipped.length + "\r\nContent-Encoding: gzip\r\n\r\n";
        String cut = new String(zipped, 0, zipped.length - 3, StandardCharsets.ISO_8859_1);

        new FaultRig(this.leaks, wiring, false, raw(head + cut), fin())
                .assertFails(
                        BadResponseException.class,
                        CloseReason.ERROR,
                        bad -> assertThat(bad)
                                .hasCauseInstanceOf(ConnectionClosedException.class)
                                .returns("truncated", EvenkeelException::reason));
    }

    /** D18: as every other reader has it (RFC 1952, section 2.2). */
    @Test
    void compressedBodyMayHaveTwoMembers() throws Exception {
        byte[] first = zip("one ");
        byte[] second = zip("two");
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);

        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(coded("gzip", both)).start());

        assertThat(TestClient.withDefaults(this.leaks).get(server.uri("/")).body())
                .isEqualTo("one two");
    }

    /** D18: the JDK stops where the last member ends; the framing says that it was all there. */
    @Test
    void whatFollowsCompressedContentIsIgnored() throws Exception {
        byte[] zipped = zip("hello");
        byte[] longer = Arrays.copyOf(zipped, zipped.length + 5);
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(coded("gzip", longer)).start());

        assertThat(TestClient.withDefaults(this.leaks).get(server.uri("/")).body())
                .isEqualTo("hello");
    }

    @Test
    void readingOnAfterClosingIsNotTheFaultOfTheResponse() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(coded("gzip", zip("hello"))).start());

        TestClient.withDefaults(this.leaks).http().execute(new HttpGet(server.uri("/")), response -> {
            InputStream in = response.getEntity().getContent();
            assertThat(in.read()).isEqualTo('h');
            assertThat(in.skip(1)).isEqualTo(1);
            assertThat(in.available()).isNotNegative();
            in.close();
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).isNotInstanceOf(BadResponseException.class);
            return null;
        });
    }

    static Stream<Arguments> declaredWhereNoneMayBe() {
        return BrokenHeadsTests.overPlainAndTls(Stream.of(
                arguments("D19 HEAD", "HEAD", raw(LENGTH + "5\r\n\r\n"), true),
                arguments("D19 HEAD with chunks", "HEAD", raw(CHUNKED), true),
                arguments("D19 HEAD with both", "HEAD", raw(LENGTH + "5\r\nTransfer-Encoding: chunked\r\n\r\n"), true),
                arguments("D19 HEAD with a body", "HEAD", raw(LENGTH + "5\r\n\r\nabcde"), false),
                arguments(
                        "D19 304 with a body", "GET", raw("HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\nabcde"), false),
                arguments("D19 204 with a length", "GET", raw("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n"), false),
                arguments(
                        "D19 204 with a body", "POST", raw("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nabcde"), false),
                arguments(
                        "D19 204 with chunks",
                        "POST",
                        raw("HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                        false)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("declaredWhereNoneMayBe")
    void bodyWhereNoneMayBeIsNotTakenForOneAndNeitherForAnAnswer(
            Wiring wiring, String row, String method, Answer answer, boolean kept) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).answer(answer))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.send(method, server.uri("/"), null).body()).isEmpty();

        assertThat(client.idle()).isEqualTo(kept ? 1 : 0);
        server.awaitConnectionsOpen(kept ? 1 : 0, Duration.ofSeconds(5));
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
    }

    /** D20 */
    @Test
    void callerThatFailsWhileReadingLosesNoConnection() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(ok("x".repeat(100_000))).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (Throwable mine : List.of(new IOException("mine"), new IllegalStateException("mine"), new Error("mine"))) {
            assertThatThrownBy(() -> client.http().execute(new HttpGet(server.uri("/")), response -> {
                        response.getEntity().getContent().readNBytes(10);
                        if (mine instanceof IOException ex) {
                            throw ex;
                        }
                        if (mine instanceof Error error) {
                            throw error;
                        }
                        throw (RuntimeException) mine;
                    }))
                    .isSameAs(mine);
            assertThat(client.active()).isZero();
        }
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
    }

    /** Spring reads the body outside of the call, and names what fails there differently. */
    @Test
    void springHandsOutTheReasonAsACause() {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> raw(request.target().equals("/head") ? "garbage" : LENGTH + "5\r\n\r\nab"))
                .onEveryRequest(request -> request.at(Moment.IDLE, fin()))
                .start());
        RestClient client = RestClient.builder()
                .requestFactory(new HttpComponentsClientHttpRequestFactory(
                        TestClient.withDefaults(this.leaks).http()))
                .build();

        assertThatThrownBy(
                        () -> client.get().uri(server.uri("/head")).retrieve().body(String.class))
                .isInstanceOf(ResourceAccessException.class)
                .hasCauseInstanceOf(BadResponseException.class);
        assertThatThrownBy(
                        () -> client.get().uri(server.uri("/body")).retrieve().body(String.class))
                .isInstanceOf(RestClientException.class)
                .satisfies(thrown ->
                        assertThat(EvenkeelException.in(thrown)).get().returns("truncated", EvenkeelException::reason));
    }

    private static Answer coded(String coding, byte[] content) {
        return ok("").header("Content-Encoding", coding).body(content);
    }

    private static byte[] zip(String text) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return zipped.toByteArray();
    }
}

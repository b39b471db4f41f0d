// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.ResponseLimits.UnknownCoding;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;

/** What becomes of the content codings of an answer: decoded, handed out as they are, or refused. */
@ExtendWith(OutputCaptureExtension.class)
class ContentCodingTests {

    private static final byte[] TEXT = "hello hello".getBytes(StandardCharsets.UTF_8);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer serving(Answer answer) {
        return this.leaks.server(ScriptedServer.http().byDefault(answer).start());
    }

    private TestClient refusing() {
        return TestClient.with(
                this.leaks,
                settings -> settings.responseLimits(new ResponseLimits(100, 65_536, 20, UnknownCoding.REFUSE, 0, 250)));
    }

    private static RestClient spring(TestClient client) {
        return RestClient.builder()
                .requestFactory(new HttpComponentsClientHttpRequestFactory(client.http()))
                .build();
    }

    private record Content(byte[] bytes, String codings) {}

    private static Content get(TestClient client, ScriptedServer server) throws IOException {
        return client.http().execute(new HttpGet(server.uri("/")), response -> {
            Header codings = response.getLastHeader("Content-Encoding");
            return new Content(
                    EntityUtils.toByteArray(response.getEntity()), (codings != null) ? codings.getValue() : null);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "utf-8",
                "UTF-8",
                "none",
                "binary",
                "aws-chunked",
                "br",
                "zstd",
                "compress",
                "7bit",
                "gzip;q=1",
                "gzip deflate",
                "*",
                "\"gzip\""
            })
    void contentInAnUnknownCodingIsHandedOutAsItIs(String coding) throws Exception {
        ScriptedServer server =
                serving(ok("").header("Content-Encoding", coding).body(TEXT));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(get(client, server)).usingRecursiveComparison().isEqualTo(new Content(TEXT, coding));
        assertThat(get(client, server).bytes()).isEqualTo(TEXT);
        assertThat(client.events.failures).isEmpty();
        assertThat(server.connectionsAccepted()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "Identity", "", ",", "identity, identity"})
    void identityIsNoCoding(String coding, CapturedOutput output) throws Exception {
        ScriptedServer server =
                serving(ok("").header("Content-Encoding", coding).body(TEXT));

        assertThat(get(refusing(), server).bytes()).isEqualTo(TEXT);
        assertThat(output).doesNotContain("Content-Encoding");
    }

    static Stream<Arguments> decoded() {
        return Stream.of(
                arguments(header("gzip"), gzip(TEXT)),
                arguments(header("x-gzip"), gzip(TEXT)),
                arguments(header("X-GZip"), gzip(TEXT)),
                arguments(header("deflate"), deflate(TEXT)),
                arguments(header("identity, gzip"), gzip(TEXT)),
                arguments(header("gzip, identity"), gzip(TEXT)),
                arguments(header("gzip,,"), gzip(TEXT)),
                arguments(header("deflate, gzip"), gzip(deflate(TEXT))),
                arguments(header("gzip , deflate"), deflate(gzip(TEXT))),
                arguments(header("deflate") + header("gzip"), gzip(deflate(TEXT))),
                arguments(header("identity") + header("gzip"), gzip(TEXT)),
                arguments(header("") + header("x-gzip"), gzip(TEXT)));
    }

    @ParameterizedTest
    @MethodSource("decoded")
    void codingsAreUndoneFromTheLastToTheFirst(String headers, byte[] content, CapturedOutput output) throws Exception {
        ScriptedServer server = serving(raw(bytes("HTTP/1.1 200 OK\r\n" + headers, content)));

        assertThat(get(refusing(), server).bytes()).isEqualTo(TEXT);
        assertThat(output).doesNotContain("Content-Encoding");
    }

    /** What lies below an unknown coding is out of reach. */
    static Stream<Arguments> partlyDecoded() {
        byte[] zipped = gzip(TEXT);
        return Stream.of(
                arguments(header("gzip, foo"), zipped, zipped, "gzip, foo"),
                arguments(header("foo, gzip"), zipped, TEXT, "foo"),
                arguments(header("gzip, foo, gzip"), gzip(zipped), zipped, "gzip, foo"),
                arguments(header("gzip, foo, deflate"), deflate(zipped), zipped, "gzip, foo"),
                arguments(header("foo") + header("gzip"), zipped, TEXT, "foo"),
                arguments(header("gzip") + header("foo"), zipped, zipped, "foo"));
    }

    @ParameterizedTest
    @MethodSource("partlyDecoded")
    void whatLiesAboveAnUnknownCodingIsDecodedAndTheRestNamed(
            String headers, byte[] content, byte[] expected, String left, CapturedOutput output) throws Exception {
        ScriptedServer server = serving(raw(bytes("HTTP/1.1 200 OK\r\n" + headers, content)));

        assertThat(get(TestClient.withDefaults(this.leaks), server))
                .usingRecursiveComparison()
                .isEqualTo(new Content(expected, left));
        assertThat(output).contains("its Content-Encoding 'foo' is not among those");
    }

    @Test
    void firstUnknownCodingOfAClientIsWorthAWarning(CapturedOutput output) throws Exception {
        ScriptedServer server = serving(ok("x").header("Content-Encoding", "utf-8"));
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 3; i++) {
            get(client, server);
            TestClient.send(client.another(), "GET", server.uri("/?secret"), null);
        }

        assertThat(output.toString().split("Content-Encoding", -1)).hasSize(2);
        assertThat(output)
                .contains("WARN")
                .contains("Client 'default'")
                .contains(server.uri("").toString())
                .contains("Content-Encoding 'utf-8'")
                .contains("Set evenkeel.unknown-content-encoding to 'refuse'")
                .doesNotContain("secret");
    }

    @Test
    void whatIsNoNameOfACodingIsNotRepeated(CapturedOutput output) throws Exception {
        ScriptedServer server = serving(ok("x").header("Content-Encoding", "a \"secret\" of somebody"));

        get(TestClient.withDefaults(this.leaks), server);
        assertThatThrownBy(() -> get(refusing(), server)).hasMessageContaining("(22 characters)");

        assertThat(output).contains("(22 characters)").doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "none", "gzip, foo", "foo, gzip", "br"})
    void unknownCodingOfASuccessCanBeRefused(String coding) throws Exception {
        ScriptedServer server =
                serving(ok("").header("Content-Encoding", coding).body(gzip(TEXT)));
        TestClient client = refusing();

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> get(client, server))
                    .isInstanceOfSatisfying(
                            BadResponseException.class,
                            bad -> assertThat(bad.reason()).isEqualTo("malformed"))
                    .hasMessageContaining(
                            "is malformed: its Content-Encoding '%s' is not among those",
                            coding.replaceAll("gzip|, ", ""))
                    .hasMessageContaining("evenkeel.unknown-content-encoding: pass");
            assertThat(client.active()).isZero();
        }
        assertThat(server.connectionsAccepted()).isOne();
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                arguments(503, "utf-8", TEXT),
                arguments(404, "none", TEXT),
                arguments(500, "gzip, foo", TEXT),
                arguments(429, "gzip, gzip, gzip, gzip, gzip, gzip", TEXT),
                arguments(502, "gzip", TEXT));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void answerThatTellsOfAnErrorKeepsItsStatusAndHeaders(int status, String coding, byte[] content) {
        ScriptedServer server = serving(status(status)
                .header("Content-Encoding", coding)
                .header("Retry-After", "7")
                .body(content));

        for (TestClient client : new TestClient[] {TestClient.withDefaults(this.leaks), refusing()}) {
            var thrown = catchThrowableOfType(
                    org.springframework.web.client.RestClientResponseException.class,
                    () -> spring(client).get().uri(server.uri("/")).retrieve().toBodilessEntity());
            assertThat(thrown.getStatusCode().value()).isEqualTo(status);
            assertThat(thrown.getResponseHeaders().getFirst("Retry-After")).isEqualTo("7");
        }
    }

    @Test
    void contentOfAnErrorInAnUnknownCodingIsHandedOut() {
        ScriptedServer server =
                serving(status(503).header("Content-Encoding", "utf-8").body("why"));

        assertThat(catchThrowableOfType(
                                HttpServerErrorException.class,
                                () -> spring(refusing())
                                        .get()
                                        .uri(server.uri("/"))
                                        .retrieve()
                                        .body(String.class))
                        .getResponseBodyAsString())
                .isEqualTo("why");
    }

    static Stream<Arguments> empty() {
        String chunks = "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        return Stream.of(
                arguments("GET", "HTTP/1.1 200 OK\r\n" + header("gzip") + chunks),
                arguments("GET", "HTTP/1.1 200 OK\r\n" + header("x-gzip") + chunks),
                arguments("GET", "HTTP/1.1 200 OK\r\n" + header("deflate") + chunks),
                arguments("GET", "HTTP/1.1 200 OK\r\n" + header("deflate, gzip") + chunks),
                arguments("GET", "HTTP/1.1 200 OK\r\n" + header("gzip, deflate") + chunks),
                arguments("GET", "HTTP/1.1 200 OK\r\n" + header("br") + chunks),
                arguments(
                        "GET",
                        "HTTP/1.1 200 OK\r\n" + header("gzip")
                                + "Transfer-Encoding: chunked\r\n\r\n00;x\r\nT: y\r\n\r\n"),
                arguments("POST", "HTTP/1.1 201 Created\r\n" + header("gzip") + chunks),
                arguments("GET", "HTTP/1.1 200 OK\r\n" + header("gzip") + "Content-Length: 0\r\n\r\n"),
                arguments("GET", "HTTP/1.1 200 OK\r\n" + header("foo") + "Content-Length: 0\r\n\r\n"),
                arguments("HEAD", "HTTP/1.1 200 OK\r\n" + header("gzip") + "Content-Length: 20\r\n\r\n"),
                arguments("HEAD", "HTTP/1.1 200 OK\r\n" + header("foo") + "Transfer-Encoding: chunked\r\n\r\n"),
                arguments("GET", "HTTP/1.1 204 No Content\r\n" + header("gzip") + "\r\n"),
                arguments("DELETE", "HTTP/1.1 204 No Content\r\n" + header("foo") + "\r\n"),
                arguments("GET", "HTTP/1.1 304 Not Modified\r\n" + header("gzip") + "Content-Length: 9\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("empty")
    void bodyThatIsProvenToBeEmptyIsEmptyInAnyCoding(String method, String answer) {
        ScriptedServer server = serving(raw(answer));
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 2; i++) {
            assertThat(spring(client)
                            .method(org.springframework.http.HttpMethod.valueOf(method))
                            .uri(server.uri("/"))
                            .retrieve()
                            .body(String.class))
                    .isNull();
            assertThat(client.active()).isZero();
            assertThat(client.idle()).isOne();
        }
        assertThat(server.connectionsAccepted()).isOne();
    }

    static Stream<Arguments> notProven() {
        String chunked = "Transfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                arguments("nothing but the end", header("gzip") + "\r\n"),
                arguments("no chunk", header("gzip") + chunked),
                arguments("no end of the last chunk", header("gzip") + chunked + "0"),
                arguments("one byte", header("gzip") + chunked + "1\r\n\u001f\r\n0\r\n\r\n"),
                arguments("one byte without chunks", header("gzip") + "Content-Length: 1\r\n\r\n\u001f"),
                arguments("one byte and the end", header("gzip") + "\r\n\u001f"),
                arguments("nothing of one byte", header("gzip") + "Content-Length: 1\r\n\r\n"),
                arguments("two codings", header("deflate, gzip") + "\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notProven")
    void bodyThatMayBeCutOffIsNotTakenForAnEmptyOne(String name, String rest) {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(raw("HTTP/1.1 200 OK\r\n" + rest))
                .onEveryRequest(request -> request.at(Moment.IDLE, Effect.fin()))
                .start());

        assertThatThrownBy(() -> get(TestClient.withDefaults(this.leaks), server))
                .isInstanceOfSatisfying(
                        BadResponseException.class,
                        bad -> assertThat(bad).returns("truncated", EvenkeelException::reason));
    }

    @Test
    void redirectIsFollowedWhateverTheCodingOfItsContent() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/")
                        ? status(302)
                                .header("Location", "/there")
                                .header("Content-Encoding", "foo")
                                .body("moved")
                        : ok("there"))
                .start());

        assertThat(refusing().get(server.uri("/")).body()).isEqualTo("there");
    }

    @Test
    void withoutDecompressionEverythingIsHandedOutAsItIs(CapturedOutput output) throws Exception {
        byte[] zipped = gzip(TEXT);
        ScriptedServer server =
                serving(ok("").header("Content-Encoding", "gzip, foo").body(zipped));
        TestClient ofRequest = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultRequestConfig(RequestConfig.custom()
                        .setContentCompressionEnabled(false)
                        .build())));
        TestClient ofClient = TestClient.with(
                this.leaks, settings -> settings.customizer(builder -> builder.disableContentCompression()));

        assertThat(get(ofRequest, server)).usingRecursiveComparison().isEqualTo(new Content(zipped, "gzip, foo"));
        assertThat(get(ofClient, server)).usingRecursiveComparison().isEqualTo(new Content(zipped, "gzip, foo"));
        assertThat(output).doesNotContain("Content-Encoding");
    }

    private static String header(String codings) {
        return "Content-Encoding: " + codings + "\r\n";
    }

    private static byte[] bytes(String head, byte[] content) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write((head + "Content-Length: " + content.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        all.write(content);
        return all.toByteArray();
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(zipped)) {
            out.write(content);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return zipped.toByteArray();
    }

    private static byte[] deflate(byte[] content) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(zipped)) {
            out.write(content);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return zipped.toByteArray();
    }
}

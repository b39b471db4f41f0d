// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.FailureReason;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.ResponseLimits.UnknownCoding;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How much content of a response is accepted, and what becomes of more. */
class ResponseSizeTests {

    private static final int LIMIT = 2000;

    private static final int FREE = (int) ResponseLimits.FREE_OF_RATIO;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private TestClient client(long maxBytes, int maxRatio) {
        return TestClient.with(
                this.leaks,
                settings -> settings.responseLimits(
                        new ResponseLimits(100, 65_536, 20, UnknownCoding.PASS, maxBytes, maxRatio)));
    }

    /** A server that answers {@code /} with this, and anything else with little. */
    private ScriptedServer serving(Answer answer) {
        return this.leaks.server(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/") ? answer : ok("ok"))
                .start());
    }

    private static byte[] get(TestClient client, ScriptedServer server) throws IOException {
        return client.http()
                .execute(new HttpGet(server.uri("/")), response -> EntityUtils.toByteArray(response.getEntity()));
    }

    static Stream<Arguments> framings() {
        return Stream.of(
                framing("length", content -> ok("").body(content)),
                framing("chunks", content -> ok("").body(content).chunked()),
                framing("end of connection", content -> ok("").body(content).closeDelimited()),
                framing("gzip", content -> gzipped(content)),
                framing("gzip in chunks", content -> gzipped(content).chunked()),
                framing(
                        "deflate",
                        content -> ok("").header("Content-Encoding", "deflate").body(deflate(content))),
                framing(
                        "twice",
                        content ->
                                ok("").header("Content-Encoding", "gzip, gzip").body(gzip(gzip(content)))),
                framing(
                        "unknown coding",
                        content -> ok("").header("Content-Encoding", "br").body(content)),
                framing("error", content -> status(500).body(content).chunked()));
    }

    private static Arguments framing(String name, Function<byte[], Answer> answer) {
        return arguments(org.junit.jupiter.api.Named.of(name, answer));
    }

    @ParameterizedTest
    @MethodSource("framings")
    void asMuchAsIsAllowedPasses(Function<byte[], Answer> answer) throws Exception {
        byte[] content = incompressible(LIMIT);
        ScriptedServer server = serving(answer.apply(content));
        TestClient client = client(LIMIT, 250);

        assertThat(get(client, server)).isEqualTo(content);
        assertThat(client.events.failures).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("framings")
    void oneByteMoreIsRefusedAndItsConnectionClosed(Function<byte[], Answer> answer) throws Exception {
        ScriptedServer server = serving(answer.apply(incompressible(LIMIT + 1)));
        TestClient client = client(LIMIT, 250);

        BadResponseException refused = catchThrowableOfType(BadResponseException.class, () -> get(client, server));

        assertThat(refused.reason()).isEqualTo("too_large");
        assertThat(refused.getMessage())
                .startsWith("The response of " + server.uri("")
                        + " to client 'default' is too large: its content is 2001 bytes")
                .contains("more than 2000.")
                .endsWith(" Raise evenkeel.max-response-size if the server is meant to send that much.");
        assertThat(client.events.failures).containsExactly(FailureReason.TOO_LARGE);
        assertThat(client.idle()).isZero();
        assertThat(client.events.closed).containsExactly(CloseReason.ERROR);
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("framings")
    void withoutLimitAnyAmountPasses(Function<byte[], Answer> answer) throws Exception {
        byte[] content = incompressible(100_000);
        ScriptedServer server = serving(answer.apply(content));

        assertThat(get(client(0, 0), server)).isEqualTo(content);
    }

    @Test
    void aLengthAboveTheLimitIsRefusedBeforeAnythingOfTheContentComes() throws Exception {
        ScriptedServer server = serving(raw("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n"));
        TestClient client = client(LIMIT, 250);

        assertThatThrownBy(() -> client.http().execute(new HttpGet(server.uri("/")), response -> {
                    throw new AssertionError("It was handed out");
                }))
                .isInstanceOf(BadResponseException.class)
                .hasMessageContaining("its content is 5000000000 bytes, more than 2000.");
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
    }

    @Test
    void aLengthWithoutContentIsNotJudged() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> switch (request.target()) {
                    case "/304" -> raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 5000000\r\n\r\n");
                    case "/204" -> raw("HTTP/1.1 204 No Content\r\n\r\n");
                    default -> raw("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
                })
                .start());
        TestClient client = client(LIMIT, 250);

        assertThat(client.send("HEAD", server.uri("/"), null).status()).isEqualTo(200);
        assertThat(client.get(server.uri("/304")).status()).isEqualTo(304);
        assertThat(client.get(server.uri("/204")).status()).isEqualTo(204);
        assertThat(server.connectionsAccepted()).isOne();
    }

    @Test
    void contentOfARedirectIsNotJudged() throws Exception {
        ScriptedServer server = serving(status(302).header("Location", "/next").body(incompressible(LIMIT + 500)));
        TestClient client = client(LIMIT, 250);

        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
        assertThat(server.connectionsAccepted()).isOne();
    }

    @Test
    void whereARedirectLedIsNamed() {
        ScriptedServer target = serving(ok("").body(incompressible(LIMIT + 1)));
        ScriptedServer server =
                serving(status(302).header("Location", target.uri("/").toString()));

        assertThatThrownBy(() -> client(LIMIT, 250).get(server.uri("/")))
                .isInstanceOf(BadResponseException.class)
                .hasMessageStartingWith("The response of " + target.uri("") + " ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noMoreThanTheLimitIsHandedOutHoweverItIsRead(boolean single) throws Exception {
        ScriptedServer server = serving(ok("").body(new byte[LIMIT * 50]).chunked());
        TestClient client = client(LIMIT, 250);

        client.http().execute(new HttpGet(server.uri("/")), response -> {
            InputStream content = response.getEntity().getContent();
            int count = 0;
            Throwable thrown = null;
            while (thrown == null && count <= LIMIT) {
                byte[] buffer = new byte[700];
                int[] read = new int[1];
                thrown =
                        catchThrowable(() -> read[0] = single ? Math.min(content.read(), 0) + 1 : content.read(buffer));
                count += read[0];
            }
            assertThat(count).isLessThanOrEqualTo(LIMIT);
            assertThat(thrown).isInstanceOf(BadResponseException.class);
            assertThatThrownBy(content::read).isSameAs(thrown);
            assertThatThrownBy(() -> content.skip(10)).isSameAs(thrown);
            return null;
        });
        assertThat(client.events.failures).containsExactly(FailureReason.TOO_LARGE);
    }

    @Test
    void whatIsSkippedCounts() throws Exception {
        ScriptedServer server = serving(ok("").body(new byte[LIMIT * 2]).chunked());

        client(LIMIT, 250).http().execute(new HttpGet(server.uri("/")), response -> {
            InputStream content = response.getEntity().getContent();
            assertThat(content.skip(LIMIT)).isEqualTo(LIMIT);
            assertThatThrownBy(() -> content.skip(LIMIT)).isInstanceOf(BadResponseException.class);
            return null;
        });
    }

    @Test
    void aBombIsRefusedByDefault() throws Exception {
        ScriptedServer server = serving(gzipped(new byte[6 * FREE]));
        TestClient client = TestClient.withDefaults(this.leaks);
        long[] handedOut = new long[1];

        BadResponseException refused = catchThrowableOfType(
                BadResponseException.class,
                () -> client.http().execute(new HttpGet(server.uri("/")), response -> {
                    byte[] buffer = new byte[8192];
                    InputStream content = response.getEntity().getContent();
                    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                        handedOut[0] += read;
                    }
                    return null;
                }));

        assertThat(handedOut[0]).isBetween((long) FREE - 8192, (long) FREE);
        assertThat(refused.reason()).isEqualTo("too_large");
        assertThat(refused.getMessage())
                .containsPattern(
                        "its content is 10\\d{6} bytes so far, more than 250 times as many as the \\d+ compressed ones")
                .endsWith(" Raise evenkeel.max-decompression-ratio if the server is meant to send that much.");
        assertThat(client.events.failures).containsExactly(FailureReason.TOO_LARGE);
        assertThat(client.idle()).isZero();
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
    }

    @Test
    void aBombWithinABombIsRefused() throws Exception {
        ScriptedServer server =
                serving(ok("").header("Content-Encoding", "gzip, gzip").body(gzip(gzip(new byte[6 * FREE]))));

        assertThatThrownBy(() -> get(TestClient.withDefaults(this.leaks), server))
                .isInstanceOf(BadResponseException.class)
                .hasMessageContaining("evenkeel.max-decompression-ratio");
    }

    @Test
    void littleContentMayBeCompressedAsWellAsItCan() throws Exception {
        ScriptedServer server = serving(gzipped(new byte[FREE]));

        assertThat(get(TestClient.withDefaults(this.leaks), server)).hasSize(FREE);
    }

    @Test
    void withoutALimitOfTheRatioAnythingIsUnpacked() throws Exception {
        ScriptedServer server = serving(gzipped(new byte[2 * FREE]));

        assertThat(get(client(0, 0), server)).hasSize(2 * FREE);
    }

    @Test
    void contentThatIsOrdinarilyCompressedIsUnpackedHoweverMuchItIs() throws Exception {
        byte[] line = "{\"id\": 17, \"name\": \"an ordinary name\", \"active\": true},\n"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 0; content.size() < 2 * FREE; i++) {
            content.write(line);
            content.write(incompressible(i % 7));
        }
        ScriptedServer server = serving(gzipped(content.toByteArray()));

        assertThat(get(TestClient.withDefaults(this.leaks), server)).isEqualTo(content.toByteArray());
    }

    private static Answer gzipped(byte[] content) {
        return ok("").header("Content-Encoding", "gzip").body(gzip(content));
    }

    private static byte[] gzip(byte[] content) {
        return encode(content, out -> {
            try {
                return new GZIPOutputStream(out);
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        });
    }

    private static byte[] deflate(byte[] content) {
        return encode(content, DeflaterOutputStream::new);
    }

    private static byte[] encode(byte[] content, Function<OutputStream, OutputStream> coding) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try (OutputStream out = coding.apply(encoded)) {
            out.write(content);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return encoded.toByteArray();
    }

    private static byte[] incompressible(int size) {
        byte[] content = new byte[size];
        new java.util.Random(size).nextBytes(content);
        return Arrays.copyOf(content, size);
    }
}

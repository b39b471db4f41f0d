// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.EmbeddedTomcat;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.entity.GzipCompressingEntity;
import org.apache.hc.client5.http.entity.mime.MultipartEntityBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.io.IOCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A request whose body breaks off while it is produced does not end as if it were whole. */
class TornRequestsTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final long CHUNKED = -1;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    enum Torn {
        STREAM_IN_CHUNKS(() -> torn(10, CHUNKED)),
        LARGE_STREAM_IN_CHUNKS(() -> torn(100_000, CHUNKED)),
        STREAM_OF_DECLARED_LENGTH(() -> torn(10, 100)),
        STREAM_THAT_FAILS_BEHIND_ITS_LAST_BYTE(() -> torn(10, 10)),
        LARGE_STREAM_THAT_FAILS_BEHIND_ITS_LAST_BYTE(() -> torn(16_384, 16_384)),
        STREAM_THAT_FAILS_BEFORE_ITS_FIRST_BYTE(() -> torn(0, CHUNKED)),
        STREAM_OF_LENGTH_0_THAT_FAILS(() -> torn(0, 0)),
        STREAM_THAT_IS_INTERRUPTED(() -> new InputStreamEntity(
                new SequenceInputStream(bytes(10), failing(new InterruptedIOException("torn"))), CHUNKED, null)),
        WRITER_THAT_THROWS(() -> written(CHUNKED, out -> {
            out.write(new byte[20_000]);
            throw new IllegalStateException("torn");
        })),
        WRITER_THAT_FLUSHES_AND_THROWS(() -> written(10, out -> {
            out.write(new byte[10]);
            out.flush();
            throw new IllegalStateException("torn");
        })),
        WRITER_OF_SINGLE_BYTES_THAT_THROWS(() -> written(10_000, out -> {
            for (int i = 0; i < 10_000; i++) {
                out.write(i);
            }
            out.flush();
            throw new IllegalStateException("torn");
        })),
        WRITER_THAT_RUNS_INTO_AN_ERROR(() -> written(CHUNKED, out -> {
            out.write(new byte[10]);
            out.flush();
            throw new LinkageError("torn");
        })),
        WRITER_THAT_CLOSES_ON_ITS_WAY_OUT(() -> written(CHUNKED, out -> {
            try (out) {
                out.write(new byte[10]);
                throw new IllegalStateException("torn");
            }
        })),
        WRITER_THAT_CLOSES_A_DECLARED_BODY_ON_ITS_WAY_OUT(() -> written(10, out -> {
            try (out) {
                out.write(new byte[10]);
                throw new IllegalStateException("torn");
            }
        })),
        WRITER_THAT_ZIPS(() -> written(CHUNKED, out -> {
            try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
                zip.write(new byte[10]);
                throw new IllegalStateException("torn");
            }
        })),
        WRITER_THAT_OVERLOOKS_THAT_IT_WROTE_TOO_MUCH(() -> written(10, out -> {
            out.write(new byte[10]);
            out.flush();
            try {
                out.write(1);
            } catch (IOException ex) {
                // It does not care.
            }
        })),
        WRITER_THAT_WRITES_BEHIND_THE_END(() -> written(CHUNKED, out -> {
            out.write(new byte[10]);
            out.close();
            try {
                out.write(1);
            } catch (IOException ex) {
                // It does not care.
            }
        })),
        TRAILERS_THAT_FAIL(() -> withTrailers(() -> {
            throw new IllegalStateException("torn");
        })),
        ZIPPED_STREAM(() -> new GzipCompressingEntity(torn(100_000, 100_001))),
        MULTIPART(() -> MultipartEntityBuilder.create()
                .addTextBody("first", "x")
                .addBinaryBody("second", new SequenceInputStream(bytes(10), failing(new IOException("torn"))))
                .build());

        private final Supplier<HttpEntity> entity;

        Torn(Supplier<HttpEntity> entity) {
            this.entity = entity;
        }

        private static HttpEntity torn(int bytes, long length) {
            InputStream stream = new SequenceInputStream(bytes(bytes), failing(new IOException("torn")));
            // Reads on to the end, as Spring does; HttpClient's entity stops at the declared length.
            return new HttpEntityWrapper(written(length, stream::transferTo)) {

                @Override
                public boolean isRepeatable() {
                    return false;
                }
            };
        }

        private static InputStream bytes(int count) {
            return new ByteArrayInputStream(new byte[count]);
        }

        private static InputStream failing(IOException failure) {
            return new InputStream() {

                @Override
                public int read() throws IOException {
                    throw failure;
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    throw failure;
                }
            };
        }

        private static HttpEntity withTrailers(org.apache.hc.core5.function.Supplier<List<? extends Header>> trailers) {
            return new HttpEntityWrapper(new StringEntity("x")) {

                @Override
                public boolean isChunked() {
                    return true;
                }

                @Override
                public long getContentLength() {
                    return CHUNKED;
                }

                @Override
                public org.apache.hc.core5.function.Supplier<List<? extends Header>> getTrailers() {
                    return trailers;
                }
            };
        }

        private static HttpEntity written(long length, IOCallback<OutputStream> writer) {
            return new EntityTemplate(length, ContentType.DEFAULT_BINARY, null, writer);
        }
    }

    static Stream<Arguments> tornRequests() {
        return Stream.of(Wiring.values())
                .flatMap(wiring -> Stream.of(Torn.values())
                        .flatMap(torn -> Stream.of(false, true).map(kept -> arguments(wiring, torn, kept))));
    }

    @ParameterizedTest
    @MethodSource("tornRequests")
    void noServerTakesATorsoForTheWhole(Wiring wiring, Torn torn, boolean kept) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        if (kept) {
            client.get(server.uri("/first"));
        }

        Throwable thrown = catchThrowable(() -> client.send("PUT", server.uri("/torn"), torn.entity.get()));

        assertThat(thrown).isInstanceOfAny(IOException.class, IllegalStateException.class, LinkageError.class);
        assertTorn(server);
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    private static void assertTorn(ScriptedServer server) {
        server.awaitConnectionsOpen(0, LIMIT);
        assertThat(server.requests())
                .filteredOn(request -> request.target().equals("/torn"))
                .noneMatch(Request::complete);
        for (int i = 0; i < server.connectionsAccepted(); i++) {
            assertThat(new String(server.bytesReceived(i), StandardCharsets.ISO_8859_1))
                    .doesNotContain("\r\n0\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = "STREAM_OF_LENGTH_0_THAT_FAILS", mode = EnumSource.Mode.EXCLUDE)
    void norAfterItAskedForTheBody(Torn torn) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(Moment.REQUEST_HEAD, Effect.write("HTTP/1.1 100 Continue\r\n\r\n")))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(catchThrowable(() -> expectingContinue(client, server.uri("/torn"), torn.entity.get())))
                .isNotNull();

        assertTorn(server);
    }

    private static int expectingContinue(TestClient client, URI uri, HttpEntity entity) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase("PUT", uri);
        request.addHeader(HttpHeaders.EXPECT, "100-continue");
        request.setEntity(entity);
        return client.http().execute(request, response -> response.getCode());
    }

    @Test
    void bodyThatTheServerDoesNotWantIsNotEndedInItsPlace() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, Effect.answer(Answer.status(417))))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(expectingContinue(client, server.uri("/torn"), Torn.written(CHUNKED, out -> out.write(1))))
                .isEqualTo(417);

        assertTorn(server);
        assertThat(client.get(server.uri("/next")).status()).isEqualTo(200);
    }

    @Test
    void requestThatLostItsFramingIsNotSent() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(
                this.leaks,
                settings ->
                        settings.customizer(builder -> builder.addRequestInterceptorLast((request, entity, context) -> {
                            request.removeHeaders(HttpHeaders.TRANSFER_ENCODING);
                            request.removeHeaders(HttpHeaders.CONTENT_LENGTH);
                        })));

        for (Torn torn : List.of(Torn.STREAM_IN_CHUNKS, Torn.STREAM_OF_DECLARED_LENGTH)) {
            assertThat(catchThrowable(() -> client.send("PUT", server.uri("/torn"), torn.entity.get())))
                    .isInstanceOf(IOException.class);
        }

        server.awaitConnectionsOpen(0, LIMIT);
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void interruptWhileTheBodyIsProducedLeavesATorso(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.withDefaults(this.leaks);

        Throwable thrown = catchThrowable(() -> client.send("PUT", server.uri("/torn"), Torn.written(CHUNKED, out -> {
            out.write(new byte[20_000]);
            Thread.currentThread().interrupt();
            out.write(new byte[20_000]);
        })));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown).isInstanceOf(InterruptedIOException.class);
        assertTorn(server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void writerThatClosesWhatItHasWrittenIsTakenAtItsWord(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        for (long length : new long[] {CHUNKED, 20_000}) {
            HttpEntity closing = Torn.written(length, out -> {
                try (out) {
                    out.write(new byte[20_000]);
                }
                out.flush();
            });

            assertThat(client.send("PUT", server.uri("/whole"), closing).status())
                    .isEqualTo(200);
        }

        assertThat(server.requests()).hasSize(2).allMatch(Request::complete);
        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.body()).hasSize(20_000));
        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void trailersFollowTheBody() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.send("PUT", server.uri("/"), Torn.withTrailers(() -> List.of(new BasicHeader("Checksum", "1"))));

        assertThat(new String(server.bytesReceived(0), StandardCharsets.ISO_8859_1))
                .endsWith("\r\n1\r\nx\r\n0\r\nChecksum: 1\r\n\r\n");
    }

    /** Each way of writing, at the lengths at which buffers are full: what arrives is what was written, all of it. */
    @Test
    void bodyArrivesAsItWasWritten() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        for (int length : new int[] {0, 1, 2, 8191, 8192, 8193, 16_384, 20_000}) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) i;
            }
            List<HttpEntity> bodies = List.of(
                    new InputStreamEntity(new ByteArrayInputStream(bytes), length, null),
                    Torn.written(length, out -> out.write(bytes)),
                    Torn.written(length, out -> {
                        for (byte each : bytes) {
                            out.write(each);
                        }
                        out.flush();
                    }),
                    Torn.written(length, out -> {
                        out.write(bytes, 0, length / 2);
                        out.flush();
                        out.write(bytes, length / 2, length - length / 2);
                        out.write(bytes, 0, 0);
                        out.flush();
                    }));
            for (HttpEntity body : bodies) {
                client.send("PUT", server.uri("/"), body);
                List<Request> requests = server.requests();
                assertThat(requests.get(requests.size() - 1).body()).isEqualTo(bytes);
            }
        }
        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void tomcatDoesNotExecuteATorso() throws Exception {
        AtomicInteger executed = new AtomicInteger();
        Semaphore failed = new Semaphore(0);
        HttpServlet servlet = new HttpServlet() {

            private static final long serialVersionUID = 1L;

            @Override
            protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
                try {
                    request.getInputStream().readAllBytes();
                    executed.incrementAndGet();
                } catch (IOException ex) {
                    failed.release();
                    throw ex;
                }
            }
        };
        try (EmbeddedTomcat tomcat = EmbeddedTomcat.start(false, Duration.ofSeconds(20), false, servlet)) {
            TestClient client = TestClient.withDefaults(this.leaks);
            URI uri = URI.create("http://127.0.0.1:" + tomcat.port() + "/");
            for (Torn torn : Torn.values()) {
                HttpEntity entity = torn.entity.get();

                assertThat(catchThrowable(() -> client.send("PUT", uri, entity)))
                        .as(torn.name())
                        .isNotNull();

                if (!entity.isRepeatable() && entity.getContentLength() != 0) {
                    // Its head went first.
                    assertThat(failed.tryAcquire(5, TimeUnit.SECONDS))
                            .as(torn.name())
                            .isTrue();
                }
                assertThat(executed).as(torn.name()).hasValue(0);
            }
            assertThat(client.send("PUT", uri, new StringEntity("x")).status()).isEqualTo(200);
            assertThat(executed).hasValue(1);
        }
    }
}

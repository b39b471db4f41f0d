// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.until;
import static io.evenkeel.testing.Effect.write;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.error.WriteTimeoutException;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.FailureReason;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualThreads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.io.IOCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A request that is larger than what the kernel takes at once: it ends if the peer takes nothing, and when it has answered. */
class UploadTests {

    private static final Duration LIMIT = Duration.ofMillis(300);

    /** Together its pauses are longer than that, but none of them comes near, on a busy machine either. */
    private static final Duration SLOW = Duration.ofSeconds(2);

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final int MANY = 12 * 1024 * 1024;

    /** Read by a scripted server before a kept connection becomes too old. */
    private static final int SOME = 3 * 1024 * 1024;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final CountDownLatch released = new CountDownLatch(1);

    /** How the body of a request is made. */
    enum Body {
        ARRAY,
        STREAM,
        SWALLOWS_FAILURES,
        WRAPS_FAILURES
    }

    private TestClient client(Duration writeTimeout) {
        return TestClient.with(
                this.leaks,
                settings -> settings.times(new TimeLimits(Duration.ZERO, writeTimeout))
                        .readTimeout(LONG));
    }

    static Stream<Arguments> wiringsAndThreads() {
        return Arrays.stream(Wiring.values())
                .flatMap(wiring -> Stream.of(Arguments.of(wiring, false), Arguments.of(wiring, true)));
    }

    private static HttpEntity entity(Body body, int length) {
        byte[] content = content(length);
        return switch (body) {
            case ARRAY -> new ByteArrayEntity(content, null);
            case STREAM -> new InputStreamEntity(new java.io.ByteArrayInputStream(content), null);
            case SWALLOWS_FAILURES ->
                template(out -> {
                    try {
                        out.write(content);
                    } catch (IOException ex) {
                        // As some converters do.
                    }
                });
            case WRAPS_FAILURES ->
                template(out -> {
                    try {
                        out.write(content);
                    } catch (IOException ex) {
                        throw new UncheckedIOException(ex);
                    }
                });
        };
    }

    private static HttpEntity template(IOCallback<OutputStream> writer) {
        return new EntityTemplate(-1, ContentType.APPLICATION_OCTET_STREAM, null, writer);
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private static TestClient.Reply post(TestClient client, URI uri, HttpEntity entity) throws IOException {
        HttpPost post = new HttpPost(uri);
        post.setEntity(entity);
        return client.http()
                .execute(
                        post,
                        response -> new TestClient.Reply(
                                response.getCode(),
                                (response.getEntity() != null) ? EntityUtils.toString(response.getEntity()) : ""));
    }

    private void assertNextCallWorks(TestClient client, ScriptedServer server) throws Exception {
        eventually("nothing is leased", () -> client.active() == 0);
        this.released.countDown();
        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
    }

    // --- a peer that takes nothing ----------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("wiringsAndThreads")
    void aPeerThatReadsNothingEndsTheCall(Wiring wiring, boolean virtual) throws Exception {
        assumeTrue(!virtual || VirtualThreads.arePossible());
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, until(this.released)))
                .start());
        TestClient client = client(LIMIT);
        byte[] content = content(MANY);

        Duration took = VirtualThreads.run(virtual, () -> {
            long start = System.nanoTime();
            Throwable thrown = catchThrowable(() -> post(client, server.uri("/"), new ByteArrayEntity(content, null)));
            assertThat(thrown)
                    .isInstanceOf(WriteTimeoutException.class)
                    .hasMessageMatching(
                            "POST https?://127.0.0.1:%d was not taken by the server: no byte within 300ms, after \\d+ bytes \\(client 'default'\\)\\. Raise evenkeel\\.write-timeout if .*"
                                    .formatted(server.port()));
            assertThat(((WriteTimeoutException) thrown).sent()).isEqualTo(Sent.MAYBE);
            return Duration.ofNanos(System.nanoTime() - start);
        });

        assertThat(took).isBetween(LIMIT, LIMIT.multipliedBy(5));
        assertThat(client.events.failures).containsExactly(FailureReason.WRITE_TIMEOUT);
        assertThat(client.events.timeouts).containsExactly("WRITE_TIMEOUT SENDING");
        assertThat(client.events.closed).containsExactly(CloseReason.TIMEOUT);
        assertNextCallWorks(client, server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void onAKeptConnectionToo(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0).request(1).request(2).at(Moment.REQUEST_HEAD, until(this.released)))
                .start());
        TestClient client = client(LIMIT);
        client.get(server.uri("/first"));
        client.get(server.uri("/second"));

        assertThatThrownBy(() -> post(client, server.uri("/"), entity(Body.ARRAY, MANY)))
                .isInstanceOf(WriteTimeoutException.class);

        assertThat(client.events.failures).containsExactly(FailureReason.WRITE_TIMEOUT);
        assertNextCallWorks(client, server);
    }

    @ParameterizedTest
    @EnumSource(Body.class)
    void whateverTheBodyMakesOfIt(Body body) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, until(this.released)))
                .start());
        TestClient client = client(LIMIT);

        assertThatThrownBy(() -> post(client, server.uri("/"), entity(body, MANY)))
                .isInstanceOf(WriteTimeoutException.class);

        assertNextCallWorks(client, server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void aPeerThatReadsSlowlyIsWaitedFor(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> {
                    for (int i = 1; i <= 8; i++) {
                        script.request(0).afterRequestBytes(i * 1_500_000, pause(SLOW.dividedBy(4)));
                    }
                })
                .start());
        TestClient client = client(SLOW);

        assertThat(post(client, server.uri("/"), entity(Body.ARRAY, MANY)).body())
                .isEqualTo("ok");

        assertThat(server.requests().get(0).body()).isEqualTo(content(MANY));
        assertThat(client.idle()).isOne();
        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
        assertThat(server.connectionsAccepted()).isOne();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void withoutALimitItIsWaitedForever(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, pause(LIMIT.multipliedBy(2))))
                .start());

        assertThat(post(client(Duration.ZERO), server.uri("/"), entity(Body.ARRAY, MANY))
                        .body())
                .isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void anInterruptEndsTheWait(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, until(this.released)))
                .start());
        TestClient client = client(LONG);
        Throwable[] thrown = new Throwable[1];
        Thread caller = new Thread(() ->
                thrown[0] = catchThrowable(() -> post(client, server.uri("/"), entity(Body.ARRAY, MANY))));
        caller.start();
        server.awaitConnectionsAccepted(1, LONG);
        eventually("it is under way", () -> server.bytesReceived(0).length > 0);
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        caller.interrupt();
        caller.join(LONG.toMillis());

        assertThat(thrown[0]).isInstanceOf(java.io.InterruptedIOException.class);
        assertThat(client.events.failures).containsExactly(FailureReason.INTERRUPTED);
        assertNextCallWorks(client, server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void theEndOfTheClientEndsTheWait(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, until(this.released)))
                .start());
        TestClient client = client(LONG);
        Throwable[] thrown = new Throwable[1];
        Thread caller = new Thread(() ->
                thrown[0] = catchThrowable(() -> post(client, server.uri("/"), entity(Body.ARRAY, MANY))));
        caller.start();
        server.awaitConnectionsAccepted(1, LONG);
        eventually("it is under way", () -> server.bytesReceived(0).length > 0);
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        client.close();
        caller.join(LONG.toMillis());

        assertThat(caller.isAlive()).isFalse();
        assertThat(thrown[0]).isInstanceOf(IOException.class);
        this.released.countDown();
    }

    // --- a peer that answers early ----------------------------------------------------------------------------------

    static Stream<Arguments> earlyAnswers() {
        return Arrays.stream(Wiring.values())
                .flatMap(wiring -> Stream.of(
                                "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                                "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlarge",
                                "HTTP/1.1 500 Broken\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlarge\r\n0\r\n\r\n",
                                "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                                "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nlarge",
                                "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n")
                        .map(answer -> Arguments.of(wiring, answer)));
    }

    @ParameterizedTest
    @MethodSource("earlyAnswers")
    void anAnswerThatRefusesTheRestIsHandedOutSoon(Wiring wiring, String answer) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0, script -> script.request(0).at(Moment.REQUEST_HEAD, write(answer), until(this.released)))
                .start());
        TestClient client = client(LONG);

        long start = System.nanoTime();
        TestClient.Reply reply = post(client, server.uri("/"), entity(Body.STREAM, MANY));
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(answer).contains(" " + reply.status() + " ");
        assertThat(reply.body()).isEqualTo(answer.contains("large") ? "large" : "");
        assertThat(took).isLessThan(Duration.ofSeconds(5));
        assertThat(client.idle()).isZero();
        assertThat(client.events.closed).containsExactly(CloseReason.NOT_REUSABLE);
        assertNextCallWorks(client, server);
        server.awaitConnectionsOpen(1, LONG);
        assertThat(new String(server.bytesReceived(0), StandardCharsets.ISO_8859_1))
                .doesNotEndWith("0\r\n\r\n");
    }

    @ParameterizedTest
    @EnumSource(Body.class)
    void whateverTheBodyMakesOfTheEnd(Body body) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(
                                        Moment.REQUEST_HEAD,
                                        write("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n"),
                                        until(this.released)))
                .start());
        TestClient client = client(LONG);

        assertThat(post(client, server.uri("/"), entity(body, MANY)).status()).isEqualTo(413);

        assertThat(client.idle()).isZero();
        assertNextCallWorks(client, server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void anInterimAnswerDoesNotStopTheWriting(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(
                                        Moment.REQUEST_HEAD,
                                        write("HTTP/1.1 102 Processing\r\n\r\n"),
                                        pause(LIMIT.dividedBy(2)),
                                        write("HTTP/1.1 103 Early Hints\r\n\r\n")))
                .start());
        TestClient client = client(LIMIT);

        assertThat(post(client, server.uri("/"), entity(Body.ARRAY, MANY)).body())
                .isEqualTo("ok");

        assertThat(server.requests().get(0).body()).isEqualTo(content(MANY));
        assertThat(client.idle()).isOne();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void anyOtherFinalAnswerDoesNotStopTheWritingEither(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(io.evenkeel.testing.Answer.raw(""))
                                .at(
                                        Moment.REQUEST_HEAD,
                                        write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\necho"),
                                        pause(LIMIT.dividedBy(2))))
                .start());
        TestClient client = client(LONG);

        assertThat(post(client, server.uri("/"), entity(Body.ARRAY, SOME)).body())
                .isEqualTo("echo");

        eventually(
                "the server has it all",
                () -> server.requests().size() == 1 && server.requests().get(0).body().length == SOME);
        assertThat(server.requests().get(0).body()).isEqualTo(content(SOME));
        assertThat(client.idle()).isOne();
        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
        assertThat(server.connectionsAccepted()).isOne();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void aBodyThatComesSlowlyIsNotWrittenOnWhenTheAnswerIsThere(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(
                                        Moment.REQUEST_HEAD,
                                        write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
                                        until(this.released)))
                .start());
        TestClient client = client(LONG);
        InputStream endless = new InputStream() {

            @Override
            public int read() {
                LockSupport.parkNanos(1000);
                return 'x';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                int count = Math.min(length, 1000);
                Arrays.fill(buffer, offset, offset + count, (byte) 'x');
                return count;
            }
        };

        assertThat(post(client, server.uri("/"), new InputStreamEntity(endless, -1, null))
                        .status())
                .isEqualTo(503);

        assertNextCallWorks(client, server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void anAnswerThatIsNoneEndsTheCall(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(Moment.REQUEST_HEAD, write("garbage\r\n\r\n"), until(this.released)))
                .start());
        TestClient client = client(LONG);

        assertThatThrownBy(() -> post(client, server.uri("/"), entity(Body.ARRAY, MANY)))
                .isInstanceOf(io.evenkeel.error.BadResponseException.class);

        assertNextCallWorks(client, server);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.deadline.CallTimer;
import io.evenkeel.transport.exec.ExchangeExecutor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Between the look at the time of the lease and the first byte on the wire, a connection may end. */
class LastLookTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualTime time = new VirtualTime();

    /** What happens between the two. It happens once, to the first request on a kept connection. */
    private static final class Between extends HttpRequestExecutor {

        private final ExchangeExecutor executor = new ExchangeExecutor(
                "default",
                TimeLimits.DEFAULTS,
                Duration.ZERO,
                new CallTimer(Ticker.SYSTEM),
                ConnectionListener.NONE,
                Ticker.SYSTEM);
        private Consumer<PooledConnection> event;

        Between(Consumer<PooledConnection> event) {
            this.event = event;
        }

        @Override
        public ClassicHttpResponse execute(
                ClassicHttpRequest request,
                HttpClientConnection connection,
                HttpResponseInformationCallback callback,
                HttpContext context)
                throws IOException, HttpException {
            if (connection instanceof PooledConnection pooled
                    && pooled.history().wasKept()
                    && this.event != null) {
                Consumer<PooledConnection> once = this.event;
                this.event = null;
                once.accept(pooled);
            }
            return this.executor.execute(request, connection, callback, context);
        }
    }

    /** What happens behind the look: it is followed by a question for the time, and by nothing else before the first byte. */
    private TestClient clientWith(Runnable behindTheLook) {
        AtomicBoolean kept = new AtomicBoolean();
        Ticker ticker = () -> {
            boolean behind = StackWalker.getInstance()
                    .walk(frames -> frames.limit(3)
                            .anyMatch(frame -> frame.getMethodName().equals("requireFit")));
            if (behind && kept.getAndSet(false)) {
                behindTheLook.run();
            }
            return this.time.nanoTime();
        };
        return TestClient.with(
                this.leaks,
                settings -> settings.ticker(ticker)
                        .customizer(builder -> builder.setRequestExecutor(new Between(connection -> kept.set(true)))));
    }

    private TestClient client(Consumer<PooledConnection> event) {
        return TestClient.with(
                this.leaks,
                settings -> settings.ticker(this.time)
                        .customizer(builder -> builder.setRequestExecutor(new Between(event))));
    }

    enum Body {
        NONE(() -> null),
        SMALL(() -> new StringEntity("x")),
        CHUNKED(() -> template(-1, 100)),
        LARGE(() -> new ByteArrayEntity(new byte[1_000_000], ContentType.DEFAULT_BINARY)),
        LARGE_AND_CHUNKED(() -> template(-1, 1_000_000)),
        STREAM(() -> new InputStreamEntity(new ByteArrayInputStream(new byte[10]), 10, null));

        private final java.util.function.Supplier<HttpEntity> entity;

        Body(java.util.function.Supplier<HttpEntity> entity) {
            this.entity = entity;
        }

        private static HttpEntity template(long length, int size) {
            return new EntityTemplate(length, ContentType.DEFAULT_BINARY, null, out -> write(out, size));
        }

        /** Wraps what the connection throws, as Jackson does. */
        private static void write(OutputStream out, int size) {
            try {
                out.write(new byte[size]);
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }
    }

    static Stream<Arguments> requests() {
        return Stream.of(Wiring.values())
                .flatMap(wiring -> Stream.of(Body.values())
                        .flatMap(body -> Stream.of("POST", "PUT").map(method -> arguments(wiring, body, method))));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void connectionThatEndedMeanwhileIsNotUsedWhateverTheRequest(Wiring wiring, Body body, String method)
            throws Exception {
        for (boolean reset : new boolean[] {true, false}) {
            ScriptedServer server = this.leaks.server(wiring.server().start());
            TestClient client = client(connection -> {
                end(server, reset);
                this.time.advance(Duration.ofMillis(2));
            });
            client.get(server.uri("/first"));

            assertThat(client.send(method, server.uri("/second"), body.entity.get())
                            .status())
                    .isEqualTo(200);

            assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 1);
            // TLS may have read a close_notify before the reset.
            assertThat(client.events.closed)
                    .singleElement()
                    .isIn(reset ? CloseReason.RESET : CloseReason.EOF, wiring.secure() ? CloseReason.EOF : null);
        }
    }

    private static void end(ScriptedServer server, boolean reset) {
        if (reset) {
            server.resetConnections();
        } else {
            server.closeConnections();
        }
        // The kernel sends it when the last thread has left the socket.
        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void firstWriteThatMeetsAResetLeavesNothingBehind(Wiring wiring, Body body, String method) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = clientWith(() -> end(server, true));
        client.get(server.uri("/first"));

        assertThat(client.send(method, server.uri("/second"), body.entity.get()).status())
                .isEqualTo(200);

        assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 1);
    }

    /** The kernel takes what is written behind a FIN, and a server may have read it. */
    @ParameterizedTest
    @EnumSource(Wiring.class)
    void firstWriteThatMeetsAnEndMayHaveArrived(Wiring wiring) throws Exception {
        for (String method : new String[] {"POST", "PUT"}) {
            ScriptedServer server = this.leaks.server(wiring.server().start());
            TestClient client = clientWith(() -> end(server, false));
            client.get(server.uri("/first"));

            Throwable thrown = catchThrowable(() -> client.send(method, server.uri("/second"), new StringEntity("x")));

            if (method.equals("PUT")) {
                assertThat(thrown).isNull();
            } else {
                assertThat(thrown).isInstanceOf(ConnectionLostException.class);
            }
        }
    }

    @Test
    void writeBehindALargeRequestProvesNothing() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = clientWith(() -> end(server, true));
        client.send("PUT", server.uri("/first"), Body.LARGE.entity.get());

        assertThat(catchThrowable(() -> client.post(server.uri("/second"), "x")))
                .isInstanceOf(ConnectionLostException.class);

        assertThat(server.requestCount("POST")).isZero();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void requestThatComesTooLateGoesToAFreshConnection(Wiring wiring) throws Exception {
        for (Body body : Body.values()) {
            ScriptedServer server = this.leaks.server(wiring.server().start());
            TestClient client = client(connection -> {
                connection.mustBeSentBy(this.time.nanoTime() + 10);
                this.time.advance(Duration.ofNanos(11));
            });
            client.get(server.uri("/first"));

            assertThat(client.send("POST", server.uri("/second"), body.entity.get())
                            .status())
                    .isEqualTo(200);

            assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 1);
            assertThat(client.events.closed).containsExactly(CloseReason.IDLE);
        }
    }

    @Test
    void requestThatComesInTimeStaysAndTheNextHasNoLimit() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = client(connection -> {
            connection.mustBeSentBy(this.time.nanoTime() + 10);
            this.time.advance(Duration.ofNanos(10));
        });
        client.get(server.uri("/first"));
        client.post(server.uri("/second"), "x");
        this.time.advance(Duration.ofSeconds(1));
        client.post(server.uri("/third"), "x");

        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void requestThatComesTooLateIsSentNonethelessIfItsBodyIsSpent() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = client(connection -> {
            connection.mustBeSentBy(this.time.nanoTime());
            this.time.advance(Duration.ofNanos(1));
        });
        client.get(server.uri("/first"));
        HttpEntity spent = new HttpEntityWrapper(new StringEntity("x")) {

            private boolean written;

            @Override
            public void writeTo(OutputStream out) throws IOException {
                this.written = true;
                super.writeTo(out);
            }

            @Override
            public boolean isRepeatable() {
                return !this.written;
            }
        };

        assertThat(client.send("POST", server.uri("/second"), spent).status()).isEqualTo(200);

        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void replayThatIsSwitchedOffDoesNotForbidAFirstSending(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.replay(false)
                        .ticker(this.time)
                        .customizer(
                                builder -> builder.setRequestExecutor(new Between(connection -> end(server, true)))));
        client.get(server.uri("/first"));

        assertThat(client.post(server.uri("/second"), "x").status()).isEqualTo(200);
    }

    /** Whatever came before the request left is no answer to it, though the socket fails while it is sent. */
    @ParameterizedTest
    @EnumSource(Wiring.class)
    void goodbyeThatComesBetweenIsNotTheAnswer(Wiring wiring) throws Exception {
        CountDownLatch now = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .then(
                                        Effect.until(now),
                                        Effect.write("HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n"),
                                        Effect.fin()))
                .start());
        TestClient client = client(connection -> {
            now.countDown();
            server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
            this.time.advance(Duration.ofMillis(2));
        });
        client.get(server.uri("/first"));

        assertThat(client.post(server.uri("/second"), "x").status()).isEqualTo(200);

        assertThat(server.requestCount("POST")).isEqualTo(1);
    }

    /** A server that answers a request which it has not had, in the moment between the lease and the first byte. */
    @ParameterizedTest
    @EnumSource(Wiring.class)
    void answerThatComesBeforeItsRequestIsNobodysAnswer(Wiring wiring) throws Exception {
        for (String method : new String[] {"GET", "POST"}) {
            CountDownLatch now = new CountDownLatch(1);
            CountDownLatch written = new CountDownLatch(1);
            ScriptedServer server = this.leaks.server(wiring.server()
                    .onConnection(
                            0,
                            script -> script.request(0)
                                    .then(
                                            Effect.until(now),
                                            Effect.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"),
                                            Effect.call(written::countDown)))
                    .start());
            TestClient client = TestClient.with(
                    this.leaks,
                    settings -> settings.customizer(builder -> builder.addRequestInterceptorLast((request, e, c) -> {
                        if (request.getPath().equals("/second")) {
                            now.countDown();
                            awaitQuietly(written);
                        }
                    })));
            client.get(server.uri("/first"));

            HttpEntity body = method.equals("POST") ? Body.STREAM.entity.get() : null;
            assertThat(client.send(method, server.uri("/second"), body).body()).isEqualTo("ok");
            assertThat(client.get(server.uri("/third")).body()).isEqualTo("ok");

            assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 1, 1);
            assertThat(client.events.closed).containsExactly(CloseReason.UNSOLICITED);
            assertThat(client.events.avoided).containsExactly(FailureAvoided.DEAD_CONNECTION_SKIPPED);
            assertThat(client.events.attempts).hasSize(3).allMatch(attempt -> attempt.equals("FIRST SUCCESS"));
        }
    }

    /** Several dead ones in a row, in a pool that is full: the place stays, and nothing counts as a replay. */
    @ParameterizedTest
    @EnumSource(Wiring.class)
    void requestPassesOnUntilAConnectionIsAlive(Wiring wiring) throws Exception {
        CountDownLatch together = new CountDownLatch(4);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onEveryRequest(request ->
                        request.at(Moment.REQUEST_HEAD, Effect.call(together::countDown), Effect.until(together)))
                .start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.limits(4, 0)
                        .replay(false)
                        .customizer(builder -> builder.addRequestInterceptorLast((request, e, c) -> {
                            if (request.getPath().equals("/last") && server.connectionsAccepted() == 4) {
                                end(server, true);
                            }
                        })));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> catchThrowable(() -> client.get(server.uri("/first"))));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(client.idle()).isEqualTo(4);

        assertThat(client.send("POST", server.uri("/last"), Body.STREAM.entity.get())
                        .status())
                .isEqualTo(200);

        assertThat(server.connectionsAccepted()).isEqualTo(5);
        assertThat(server.requestCount("POST")).isEqualTo(1);
        assertThat(client.events.acquired).hasSize(5).containsOnly(AcquireResult.OPENED);
        assertThat(client.events.avoided).containsExactly(FailureAvoided.DEAD_CONNECTION_SKIPPED);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void headGoesBeforeABodyThatTakesItsTime(Wiring wiring) throws Exception {
        for (boolean once : new boolean[] {true, false}) {
            CountDownLatch headCame = new CountDownLatch(1);
            ScriptedServer server = this.leaks.server(wiring.server()
                    .onEveryRequest(request -> request.at(Moment.REQUEST_HEAD, Effect.call(headCame::countDown)))
                    .start());
            TestClient client = TestClient.withDefaults(this.leaks);
            int length = once ? 10 : 10_000;
            HttpEntity slow =
                    new HttpEntityWrapper(new EntityTemplate(length, ContentType.DEFAULT_BINARY, null, out -> {
                        awaitQuietly(headCame);
                        out.write(new byte[length]);
                    })) {

                        @Override
                        public boolean isRepeatable() {
                            return !once;
                        }
                    };

            assertThat(client.send("POST", server.uri("/"), slow).status()).isEqualTo(200);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(5, TimeUnit.SECONDS)) {
                throw new IOException("The head did not come before its body");
            }
        } catch (InterruptedException ex) {
            throw new IOException(ex);
        }
    }

    /** However a reset races with the first write: what was told not to have been sent did not arrive. */
    @ParameterizedTest
    @EnumSource(Wiring.class)
    void noPostArrivesTwiceHoweverAResetRacesWithIt(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        int lost = 0;
        for (int i = 0; i < 150; i++) {
            client.get(server.uri("/first"));
            Thread reset = new Thread(server::resetConnections);
            long delay = ThreadLocalRandom.current().nextLong(300_000);
            URI uri = server.uri("/post-" + i);
            reset.start();
            LockSupport.parkNanos(delay);
            Throwable thrown = catchThrowable(
                    () -> client.send("POST", uri, new ByteArrayEntity(new byte[7000], ContentType.DEFAULT_BINARY)));
            reset.join();
            lost += (thrown != null) ? 1 : 0;
        }

        Map<String, Long> arrived = server.requests().stream()
                .filter(request -> request.method().equals("POST"))
                .collect(Collectors.groupingBy(Request::target, Collectors.counting()));
        assertThat(arrived.values()).allMatch(count -> count == 1);
        System.out.printf("%s: 150 posts against resets, %d lost, %d arrived%n", wiring, lost, arrived.size());
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void uploadWhoseWriterWrapsTheResetIsSentAgain(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).request(1).afterRequestBytes(100_000, Effect.rst()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        assertThat(client.send("PUT", server.uri("/second"), Body.LARGE_AND_CHUNKED.entity.get())
                        .status())
                .isEqualTo(200);

        assertThat(server.requestCount("PUT")).isEqualTo(2);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.stall;
import static io.evenkeel.testing.Effect.write;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.TestClient;
import io.evenkeel.transport.Wiring;
import io.evenkeel.transport.socket.GuardedSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What several threads do with one response harms neither the next call nor those that look after connections. */
@org.junit.jupiter.api.Timeout(60)
class ClosedByOthersTests {

    private static final String HALF = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void closeDuringAReadOfAnotherThreadEndsAtOnceAndDiscardsTheConnection(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, write(HALF), stall()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        ClassicHttpResponse response = open(client, server.uri("/"));
        Thread[] reader = new Thread[1];
        Future<byte[]> read =
                async(reader, () -> response.getEntity().getContent().readAllBytes());
        awaitReading(reader[0]);

        response.close();

        assertThat(client.active()).isZero();
        assertThatThrownBy(() -> read.get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed while it was read");
        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
    }

    @Test
    void closeDuringAReadOfCompressedContentIsAnInputOutputError() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(
                        Moment.REQUEST_BODY,
                        write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n"),
                        stall()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        ClassicHttpResponse response = open(client, server.uri("/"));
        Thread[] reader = new Thread[1];
        Future<byte[]> read =
                async(reader, () -> response.getEntity().getContent().readAllBytes());
        awaitReading(reader[0]);

        response.close();

        assertThatThrownBy(() -> read.get(5, TimeUnit.SECONDS)).cause().isInstanceOf(IOException.class);
    }

    @Test
    void twoThreadsThatReadOneBodyGetEachByteOnceAndTheConnectionIsKept() throws Exception {
        byte[] sent = new byte[1_000_000];
        new Random(5).nextBytes(sent);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(Answer.ok(new String(sent, StandardCharsets.ISO_8859_1)))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        for (int round = 0; round < 20; round++) {
            try (ClassicHttpResponse response = open(client, server.uri("/"))) {
                long length = response.getEntity().getContentLength();
                InputStream body = response.getEntity().getContent();
                Future<Integer> other = async(new Thread[1], () -> count(body));

                assertThat(count(body) + other.get(10, TimeUnit.SECONDS)).isEqualTo(length);
            }
        }
        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.idle()).isEqualTo(1);
    }

    @Test
    void readAfterTheCloseOfAnotherThreadIsNoEndOfTheBody() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(Answer.ok("hello")).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        ClassicHttpResponse response = open(client, server.uri("/"));
        InputStream body = response.getEntity().getContent();

        async(new Thread[1], () -> {
                    body.close();
                    return null;
                })
                .get(5, TimeUnit.SECONDS);

        assertThat(client.idle()).as("drained, and kept").isEqualTo(1);
        assertThatThrownBy(body::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
    }

    @Test
    void closesAtTheSameTimeGiveBackNoConnectionThatOneOfThemDrains() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(Answer.ok("helloworld"))
                .onEveryRequest(request -> request.at(Moment.RESPONSE_BODY, pause(Duration.ofMillis(2))))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        for (int round = 0; round < 100; round++) {
            ClassicHttpResponse response = open(client, server.uri("/"));
            InputStream body = response.getEntity().getContent();
            Future<Void> other = async(new Thread[1], () -> {
                body.close();
                return null;
            });
            response.close();
            other.get(5, TimeUnit.SECONDS);

            assertThat(client.active()).isZero();
            assertThat(client.get(server.uri("/")).body()).isEqualTo("helloworld");
        }
    }

    @Test
    void secondReaderThatIsInterruptedWhileItWaitsForTheFirstStops() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, write(HALF), stall()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        ClassicHttpResponse response = open(client, server.uri("/"));
        InputStream body = response.getEntity().getContent();
        Thread[] first = new Thread[1];
        Thread[] second = new Thread[1];
        Future<byte[]> read = async(first, body::readAllBytes);
        awaitReading(first[0]);
        Future<byte[]> waits = async(second, body::readAllBytes);
        eventually("it waits", () -> second[0].getState() == Thread.State.WAITING);

        second[0].interrupt();

        assertThatThrownBy(() -> waits.get(5, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(java.io.InterruptedIOException.class);
        response.close();
        assertThatThrownBy(() -> read.get(5, TimeUnit.SECONDS)).cause().isInstanceOf(IOException.class);
    }

    @Test
    void whatIsAvailableDuringAReadOfAnotherThreadIsNothing() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, write(HALF), stall()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        ClassicHttpResponse response = open(client, server.uri("/"));
        InputStream body = response.getEntity().getContent();
        Thread[] reader = new Thread[1];
        async(reader, body::readAllBytes);
        awaitReading(reader[0]);

        assertThat(body.available()).isZero();
        response.close();
    }

    @Test
    void endpointThatIsClosedAfterItWasGivenBackLeavesTheConnectionAlone() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, Ticker.SYSTEM);
        // What HttpClient's own endpoint does in two steps: it looks up its connection, and closes that.
        var entry = rig.open(PoolRig.route(server));
        LeasedEndpoint endpoint =
                new LeasedEndpoint(new Slow(entry.getConnection()), new Acquisition(rig.pool, entry.getRoute(), null));

        assertThat(endpoint.giveBack()).isTrue();
        endpoint.close(CloseMode.IMMEDIATE);
        endpoint.close();

        assertThat(entry.getConnection().isOpen()).isTrue();
        assertThat(endpoint.giveBack()).as("a second time").isFalse();
        assertThat(endpoint.isConnected()).isFalse();
        rig.pool.release(entry, false);
    }

    @Test
    void endpointThatIsBeingClosedIsNotGivenBackAlive() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, Ticker.SYSTEM);
        var entry = rig.open(PoolRig.route(server));
        Slow slow = new Slow(entry.getConnection());
        LeasedEndpoint endpoint = new LeasedEndpoint(slow, new Acquisition(rig.pool, entry.getRoute(), null));
        slow.atClose = () -> {
            // Another thread gives it back in between.
            slow.atClose = () -> {};
            assertThat(endpoint.giveBack()).isTrue();
            assertThat(entry.getConnection().isOpen()).isFalse();
        };

        endpoint.close(CloseMode.IMMEDIATE);

        rig.pool.release(entry, false);
        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void cancellationAtAnyMomentIsAnInputOutputError() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 1));
        Random random = new Random(11);
        for (int round = 0; round < 500; round++) {
            HttpGet request = new HttpGet(server.uri("/"));
            Future<Integer> call =
                    async(new Thread[1], () -> client.http().execute(request, response -> response.getCode()));
            long wait = random.nextInt(400_000);
            long start = System.nanoTime();
            while (System.nanoTime() - start < wait) {
                Thread.onSpinWait();
            }
            request.cancel();
            try {
                call.get(5, TimeUnit.SECONDS);
            } catch (ExecutionException ex) {
                assertThat(ex.getCause()).isInstanceOf(IOException.class);
            }
        }
        assertThat(client.active()).isZero();
    }

    @Test
    void cancellationBetweenTheLeaseAndItsUseIsAnInputOutputError() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpGet request = new HttpGet(server.uri("/"));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(
                        builder -> builder.addRequestInterceptorLast((message, entity, context) -> request.cancel())));

        assertThatThrownBy(() -> client.http().execute(request, response -> response.getCode()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cancelled");
        assertThat(client.active()).isZero();
    }

    @Test
    void goodbyeToAPeerThatReadsNothingIsNotWaitedFor() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GuardedSocket socket = GuardedSocket.open(Ticker.SYSTEM)) {
            socket.connect(listener.getLocalSocketAddress());
            socket.getChannel().configureBlocking(false);
            while (socket.getChannel().write(ByteBuffer.allocate(64 * 1024)) > 0) {
                // Until neither side has room.
            }
            socket.getChannel().configureBlocking(true);
            OutputStream out = socket.getOutputStream();

            socket.parting();
            out.write(new byte[31]);

            assertThat(socket.getChannel().isBlocking()).isTrue();
        }
    }

    private static ClassicHttpResponse open(TestClient client, URI uri) throws IOException {
        return client.http().executeOpen(HttpHost.create(uri), new HttpGet(uri), null);
    }

    private static int count(InputStream body) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] buffer = new byte[777];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            read.write(buffer, 0, n);
        }
        return read.size();
    }

    private interface Task<T> {

        T run() throws Exception;
    }

    private static <T> Future<T> async(Thread[] started, Task<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        started[0] = new Thread(() -> {
            try {
                done.complete(task.run());
            } catch (Throwable ex) {
                done.completeExceptionally(ex);
            }
        });
        started[0].setDaemon(true);
        started[0].start();
        return done;
    }

    /** It has read what there is, and stands in the read of its socket. */
    private static void awaitReading(Thread reader) throws InterruptedException {
        eventually("it reads", () -> {
            StackTraceElement[] stack = reader.getStackTrace();
            return stack.length > 0
                    && java.util.Arrays.stream(stack)
                            .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch")
                                    && (frame.getMethodName().contains("park")
                                            || frame.getMethodName().contains("poll")));
        });
    }

    /** An endpoint that lets a test come between the steps. */
    private static final class Slow extends org.apache.hc.client5.http.io.ConnectionEndpoint {

        private final org.apache.hc.client5.http.io.ManagedHttpClientConnection connection;
        private Runnable atClose = () -> {};

        Slow(org.apache.hc.client5.http.io.ManagedHttpClientConnection connection) {
            this.connection = connection;
        }

        @Override
        @SuppressWarnings("deprecation")
        public ClassicHttpResponse execute(
                String id,
                org.apache.hc.core5.http.ClassicHttpRequest request,
                org.apache.hc.core5.http.impl.io.HttpRequestExecutor executor,
                org.apache.hc.core5.http.protocol.HttpContext context) {
            throw new AssertionError("not for that");
        }

        @Override
        public boolean isConnected() {
            return this.connection.isOpen();
        }

        @Override
        public void setSocketTimeout(Timeout timeout) {}

        @Override
        public void close(CloseMode closeMode) {
            this.atClose.run();
            this.connection.close(closeMode);
        }

        @Override
        public void close() {
            close(CloseMode.GRACEFUL);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.transport.Eventually;
import io.evenkeel.transport.TestClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What {@link NonBlockingForGood} relies on in the JDK, which documents none of it. On JDK 17 all other tests run without
 * it.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class NonBlockingForGoodTests {

    /** {@code O_NONBLOCK} in the octal flags of {@code /proc/self/fdinfo}. */
    private static final int NON_BLOCKING = 04000;

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void oneUseByAVirtualThreadLeavesTheDescriptorNonBlockingWhateverTheChannelIsSetTo() throws Exception {
        try (ServerSocket listener = listener();
                SocketChannel channel = SocketChannel.open(listener.getLocalSocketAddress());
                Socket peer = listener.accept()) {
            assertThat(isNonBlocking(channel.socket().getLocalPort())).isFalse();

            NonBlockingForGood.make(channel);

            Eventually.eventually(
                    "non-blocking", () -> isNonBlocking(channel.socket().getLocalPort()));
            channel.configureBlocking(false);
            assertThat(channel.read(ByteBuffer.allocate(1))).isZero();
            channel.configureBlocking(true);
            assertThat(isNonBlocking(channel.socket().getLocalPort())).isTrue();
        }
    }

    @Test
    void aBlockingChannelStillWaitsAndStillTimesOut() throws Exception {
        try (ServerSocket listener = listener();
                SocketChannel channel = SocketChannel.open(listener.getLocalSocketAddress());
                Socket peer = listener.accept()) {
            NonBlockingForGood.make(channel);
            Eventually.eventually(
                    "non-blocking", () -> isNonBlocking(channel.socket().getLocalPort()));
            InputStream in = channel.socket().getInputStream();

            channel.socket().setSoTimeout(20);
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);

            channel.socket().setSoTimeout(0);
            ExecutorService reader = Executors.newSingleThreadExecutor();
            Future<Integer> read = reader.submit(() -> in.read());
            peer.getOutputStream().write(7);
            assertThat(read.get()).isEqualTo(7);

            // More than the buffers of both sides take at once.
            byte[] much = new byte[16 * 1024 * 1024];
            Future<Integer> received = reader.submit(() -> peer.getInputStream().readNBytes(much.length).length);
            channel.socket().getOutputStream().write(much);
            assertThat(received.get()).isEqualTo(much.length);
            reader.shutdown();
        }
    }

    @Test
    void aConnectionThatIsReusedIsNonBlockingFromThenOn() throws Exception {
        CountDownLatch answer = new CountDownLatch(0);
        try (ServerSocket listener = listener();
                TestClient client = TestClient.withDefaults(this.leaks)) {
            ExecutorService serving = serve(listener, answer);
            URI uri = URI.create("http://localhost:" + listener.getLocalPort() + "/");
            client.get(uri);
            assertThat(areNonBlocking(listener.getLocalPort())).containsOnly(false);

            client.get(uri);

            Eventually.eventually(
                    "non-blocking",
                    () -> areNonBlocking(listener.getLocalPort()).equals(List.of(true)));
            assertThat(client.get(uri).body()).isEqualTo("ok");
            assertThat(areNonBlocking(listener.getLocalPort())).containsOnly(true);
            serving.shutdownNow();
        }
    }

    @Test
    void virtualThreadsThatWaitForAnswersHoldNoCarrier() throws Exception {
        int stalled = 4 * Runtime.getRuntime().availableProcessors();
        CountDownLatch answer = new CountDownLatch(1);
        try (ServerSocket listener = listener();
                TestClient client = TestClient.with(this.leaks, settings -> settings.limits(stalled, 0))) {
            ExecutorService serving = serve(listener, answer);
            URI uri = URI.create("http://localhost:" + listener.getLocalPort() + "/");
            ExecutorService virtual = virtualThreads();
            for (int i = 0; i < 2; i++) {
                // So many at a time that there is a kept connection for each of those that stall.
                for (Future<TestClient.Reply> each : callAll(virtual, client, uri, stalled)) {
                    assertThat(each.get().body()).isEqualTo("ok");
                }
            }

            List<Future<TestClient.Reply>> waiting = callAll(virtual, client, URI.create(uri + "stall"), stalled);
            Eventually.eventually("all wait", () -> client.active() == stalled);

            assertThat(virtual.submit(() -> "ran").get(10, TimeUnit.SECONDS)).isEqualTo("ran");

            answer.countDown();
            for (Future<TestClient.Reply> each : waiting) {
                assertThat(each.get().body()).isEqualTo("ok");
            }
            virtual.shutdown();
            serving.shutdownNow();
        }
    }

    private static List<Future<TestClient.Reply>> callAll(
            ExecutorService threads, TestClient client, URI uri, int times) {
        List<Future<TestClient.Reply>> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            all.add(threads.submit(() -> client.get(uri)));
        }
        return all;
    }

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
    }

    /** Answers each request, those for {@code /stall} once it may. */
    private static ExecutorService serve(ServerSocket listener, CountDownLatch answer) {
        ExecutorService threads = Executors.newCachedThreadPool();
        threads.execute(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    threads.execute(() -> answer(socket, answer));
                } catch (IOException ex) {
                    return;
                }
            }
        });
        return threads;
    }

    private static void answer(Socket socket, CountDownLatch answer) {
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            StringBuilder head = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                head.append((char) next);
                if (head.indexOf("\r\n\r\n") >= 0) {
                    if (head.indexOf("/stall") >= 0) {
                        answer.await();
                    }
                    out.write(ANSWER);
                    head.setLength(0);
                }
            }
        } catch (IOException | InterruptedException ex) {
            // The test is over.
        }
    }

    private static boolean isNonBlocking(int localPort) {
        return flags(1, localPort).contains(true);
    }

    /** {@return of each connection to a port whether its descriptor is non-blocking} */
    private static List<Boolean> areNonBlocking(int remotePort) {
        return flags(2, remotePort);
    }

    /** Finds sockets by the column of {@code /proc/self/net/tcp} that has their own or the other address. */
    private static List<Boolean> flags(int column, int port) {
        List<Boolean> found = new ArrayList<>();
        try {
            for (String table : List.of("tcp", "tcp6")) {
                for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
                    String[] columns = line.trim().split(" +");
                    if (columns[column].endsWith(":%04X".formatted(port)) && columns[3].equals("01")) {
                        found.addAll(flagsOf("socket:[" + columns[9] + "]"));
                    }
                }
            }
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
        return found;
    }

    private static List<Boolean> flagsOf(String socket) throws IOException {
        List<Boolean> found = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : descriptors.toList()) {
                try {
                    if (Files.readSymbolicLink(each).toString().equals(socket)) {
                        String flags = Files.readAllLines(Path.of(
                                        "/proc/self/fdinfo", each.getFileName().toString()))
                                .get(1)
                                .replaceAll("\\D", "");
                        found.add((Integer.parseInt(flags, 8) & NON_BLOCKING) != 0);
                    }
                } catch (NoSuchFileException ex) {
                    // That one was closed meanwhile.
                }
            }
        }
        return found;
    }
}

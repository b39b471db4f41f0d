// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.testing.LeakCheck;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Calls of all kinds to a server that does to each of them what it likes, with replay and retries. How many: {@code
 * -Dfaults.calls}.
 */
class RandomFaultsTests {

    private static final int CALLS = Integer.getInteger("faults.calls", 8000);

    private static final int THREADS = 16;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final List<String> faults = new CopyOnWriteArrayList<>();

    /** Reads a request, counts it as executed, and answers with its path, or not. */
    private static final class MoodyServer implements AutoCloseable {

        private final ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        private final Map<String, AtomicInteger> executions = new ConcurrentHashMap<>();
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();

        MoodyServer() throws IOException {
            start(this::accept);
        }

        private static void start(Runnable task) {
            Thread thread = new Thread(task, "moody-server");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = this.listener.accept();
                    this.open.add(socket);
                    start(() -> serve(socket));
                }
            } catch (IOException ex) {
                // It is over.
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                String path = path(in);
                while (path != null && answer(path, socket)) {
                    path = path(in);
                }
            } catch (IOException ex) {
                // The client may close, too.
            } finally {
                this.open.remove(socket);
            }
        }

        private static String path(InputStream in) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    return null;
                }
                head.write(next);
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            int at = text.indexOf("Content-Length: ");
            if (at >= 0) {
                in.readNBytes(Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at))));
            }
            return text.split(" ")[1];
        }

        /** {@return whether the connection stays} */
        private boolean answer(String path, Socket socket) throws IOException {
            this.executions.computeIfAbsent(path, key -> new AtomicInteger()).incrementAndGet();
            switch (ThreadLocalRandom.current().nextInt(20)) {
                case 0 -> {
                    return write(socket, "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
                }
                case 1 -> {
                    return write(socket, "HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
                }
                case 2 -> {
                    return false;
                }
                case 3 -> {
                    socket.setSoLinger(true, 0);
                    return false;
                }
                case 4 -> {
                    write(socket, "HTTP/1.1 200 OK\r\nContent-Le");
                    return false;
                }
                default -> {
                    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
                    // Some are closed behind an answer, as if their idle time were over.
                    return ThreadLocalRandom.current().nextInt(10) > 0;
                }
            }
        }

        private static boolean write(Socket socket, String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return true;
        }

        @Override
        public void close() throws IOException {
            this.listener.close();
            for (Socket socket : this.open) {
                socket.close();
            }
        }
    }

    @Test
    void noPostIsExecutedTwiceAndNoAnswerIsThatOfAnotherCall() throws Exception {
        MoodyServer server = this.leaks.closeAfter(new MoodyServer());
        this.leaks.port(server.listener.getLocalPort());
        RetrySettings retry = new RetrySettings(
                true,
                2,
                Set.of(503),
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                Duration.ofSeconds(1),
                Duration.ZERO,
                1000,
                1);
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.limits(4, 20).retry(retry).learning(true));
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            Thread caller = new Thread(() -> call(client, server, number), "caller-" + i);
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }

        assertThat(this.faults).isEmpty();
        server.executions.forEach((path, count) -> assertThat(count.get())
                .as(path)
                // Two retries, and each attempt may have been a replay.
                .isLessThanOrEqualTo(path.startsWith("/post") ? 1 : 6));
        assertThat(this.answered.get() + this.failed.get()).isEqualTo(CALLS);
        assertThat(client.events.attempts).contains("RETRY SUCCESS", "REPLAY SUCCESS");
        eventually("nothing is leased", () -> client.active() == 0 && client.pending() == 0);
    }

    private void call(TestClient client, MoodyServer server, int number) {
        Random random = new Random(number);
        for (int i = number; i < CALLS; i += THREADS) {
            String kind = new String[] {"get", "put", "post", "keyed"}[random.nextInt(4)];
            String path = "/" + kind + "/" + i;
            HttpUriRequestBase request = new HttpUriRequestBase(
                    kind.equals("keyed") ? "POST" : kind.toUpperCase(java.util.Locale.ROOT),
                    URI.create("http://127.0.0.1:" + server.listener.getLocalPort() + path));
            if (!kind.equals("get")) {
                request.setEntity(new StringEntity("content of " + i));
            }
            if (kind.equals("keyed")) {
                request.setHeader("Idempotency-Key", path);
            }
            try {
                String body = client.http()
                        .execute(
                                request,
                                response -> (response.getCode() == 200)
                                        ? EntityUtils.toString(response.getEntity())
                                        : null);
                if (body == null) {
                    this.failed.incrementAndGet();
                } else {
                    this.answered.incrementAndGet();
                    if (!body.equals(path)) {
                        this.faults.add(path + " was answered with " + body);
                    }
                }
            } catch (IOException ex) {
                this.failed.incrementAndGet();
            }
        }
    }
}

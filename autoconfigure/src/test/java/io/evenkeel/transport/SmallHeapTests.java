// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.error.BadResponseException;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.ResponseLimits.UnknownCoding;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.testing.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process with a heap of 64 MB: bodies stream, and what is refused is not allocated. */
class SmallHeapTests {

    private static final long GIGABYTE = 1L << 30;

    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        this.server.createContext("/download", exchange -> send(exchange, GIGABYTE, new byte[64 * 1024]));
        byte[] bomb = bomb();
        this.server.createContext("/bomb", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            send(exchange, bomb.length, bomb);
        });
        this.server.createContext("/declared", exchange -> {
            exchange.sendResponseHeaders(200, 3 * GIGABYTE);
            exchange.getResponseBody().flush();
        });
        this.server.start();
    }

    @AfterEach
    void stopServer() {
        this.server.stop(0);
    }

    private static void send(HttpExchange exchange, long length, byte[] part) throws IOException {
        exchange.sendResponseHeaders(200, length);
        try (OutputStream out = exchange.getResponseBody()) {
            for (long sent = 0; sent < length; sent += part.length) {
                out.write(part);
            }
        }
    }

    /** {@return 256 MB of zeros} */
    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[1 << 20];
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            for (int i = 0; i < 256; i++) {
                zip.write(part);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void aGigabyteStreamsAndNothingThatIsRefusedIsAllocated() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        "http://127.0.0.1:" + this.server.getAddress().getPort())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("downloaded " + GIGABYTE, "bomb refused", "declared refused");
        assertThat(process.exitValue()).isZero();
    }

    /** The process. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) throws Exception {
            TestClient client = TestClient.with(
                    new LeakCheck(),
                    settings -> settings.times(new TimeLimits(Duration.ofMinutes(5), Duration.ofSeconds(30)))
                            .responseLimits(new ResponseLimits(100, 65_536, 20, UnknownCoding.PASS, GIGABYTE, 250)));
            client.http().execute(new HttpGet(URI.create(args[0] + "/download")), response -> {
                byte[] buffer = new byte[16 * 1024];
                long count = 0;
                int read;
                while ((read = response.getEntity().getContent().read(buffer)) >= 0) {
                    count += read;
                }
                System.out.println("downloaded " + count);
                return null;
            });
            for (String refused : new String[] {"bomb", "declared"}) {
                try {
                    client.http()
                            .execute(
                                    new HttpGet(URI.create(args[0] + "/" + refused)),
                                    response -> EntityUtils.toByteArray(response.getEntity()));
                } catch (BadResponseException ex) {
                    System.out.println(refused + " refused");
                }
            }
            client.close();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** The page on meters and the meters of an application that made calls of every kind are the same. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "evenkeel.retry.enabled=true")
class MeterDocumentationTests {

    private static final Path PAGE = Path.of("../docs/metrics.md");

    private static final Pattern ROW =
            Pattern.compile("\\| `(evenkeel\\.[a-z.]+)` \\| [A-Za-z]+ \\| [a-z-]+ \\| ([^|]+) \\|.*");

    private static final Pattern TAG_KEY = Pattern.compile("`([a-z]+)(=[A-Za-z_,]+)?`");

    @LocalServerPort
    private int port;

    @Autowired
    private MeterRegistry registry;

    @Autowired
    private RestClient.Builder builder;

    @Test
    void everyMeterOfARunningApplicationIsDocumentedAndEveryDocumentedOneIsThere() throws IOException {
        Browser browser = new Browser(this.port);
        assertThat(browser.post("/experiments/burst?calls=4&patience=5&wait=true")
                        .status())
                .isEqualTo(200);
        assertThat(browser.post("/experiments/tls?clients=2&wait=true").status())
                .isEqualTo(200);
        assertThat(browser.post("/experiments/hops?calls=2&patience=200&seconds=1&wait=true")
                        .status())
                .isEqualTo(200);
        failAndAvoidFailures();

        assertThat(tagKeysOfTheApplication()).isEqualTo(tagKeysOfThePage());
    }

    /** A server that closes behind each answer without a word: the second call avoids it, and the last finds nobody. */
    private void failAndAvoidFailures() throws IOException {
        RestClient client = this.builder.build();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String uri = "http://localhost:" + server.getLocalPort() + "/";
            for (int call = 0; call < 2; call++) {
                CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(server));
                client.get().uri(uri).retrieve().toBodilessEntity();
                served.join();
            }
            server.close();
            assertThatThrownBy(() -> client.get().uri(uri).retrieve().toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class);
        }
    }

    private static void serve(ServerSocket server) {
        try (Socket socket = server.accept()) {
            BufferedReader head =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            while (!head.readLine().isEmpty()) {
                // The next line.
            }
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private Map<String, Set<String>> tagKeysOfTheApplication() {
        Map<String, Set<String>> tagKeys = new TreeMap<>();
        for (Meter meter : this.registry.getMeters()) {
            if (meter.getId().getName().startsWith("evenkeel.")) {
                tagKeys.put(
                        meter.getId().getName(),
                        meter.getId().getTags().stream()
                                .map(Tag::getKey)
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return tagKeys;
    }

    private static Map<String, Set<String>> tagKeysOfThePage() throws IOException {
        Map<String, Set<String>> tagKeys = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                tagKeys.put(
                        row.group(1),
                        TAG_KEY.matcher(row.group(2))
                                .results()
                                .map(key -> key.group(1))
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return tagKeys;
    }
}

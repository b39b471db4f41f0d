// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evenkeel.event.CloseReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Ports;
import io.evenkeel.transport.spec.TlsMaterial;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against nginx and OpenSSL, which send their session tickets in their own way. Without them there is nothing to test. */
class RealServerTests {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @TempDir
    Path directory;

    private static void assumeInstalled(String command) {
        boolean installed = Arrays.stream(
                        (System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
        Assumptions.assumeTrue(installed, command + " is not installed");
    }

    private void run(String command) throws Exception {
        Process process = new ProcessBuilder(command.split(" "))
                .directory(this.directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(this.directory.resolve("commands.log").toFile())
                .start();
        Assumptions.assumeTrue(
                process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0, command + " does not work here");
    }

    private TestClient client() throws Exception {
        run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem -subj /CN=localhost"
                + " -addext subjectAltName=DNS:localhost,IP:127.0.0.1");
        return TestClient.with(this.leaks, settings -> settings.tls(trusting("cert.pem")));
    }

    private TlsMaterial trusting(String certificate) {
        try (InputStream in = Files.newInputStream(this.directory.resolve(certificate))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "it", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return new TlsMaterial(context, null, null);
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    private int start(int port, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(this.directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(this.directory.resolve("server.log").toFile())
                .start();
        this.leaks.closeAfter(() -> {
            process.destroy();
            process.waitFor(5, TimeUnit.SECONDS);
        });
        await().atMost(LIMIT).until(() -> {
            assertThat(process.isAlive()).as(() -> read("server.log")).isTrue();
            try (Socket probe = new Socket("127.0.0.1", port)) {
                return probe.isConnected();
            } catch (IOException ex) {
                return false;
            }
        });
        return port;
    }

    private String read(String file) {
        try {
            return Files.readString(this.directory.resolve(file));
        } catch (IOException ex) {
            return ex.toString();
        }
    }

    private int nginx(String keepAlive, String protocol) throws Exception {
        int port = Ports.forServer();
        Files.writeString(this.directory.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr;
                events { worker_connections 64; }
                http {
                    log_format connections "$connection $ssl_session_reused";
                    access_log access.log connections;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    keepalive_timeout %s;
                    keepalive_requests 10000;
                    server {
                        listen 127.0.0.1:%d ssl;
                        ssl_certificate cert.pem;
                        ssl_certificate_key key.pem;
                        ssl_protocols %s;
                        location / { return 200 "nginx"; }
                    }
                }
                """.formatted(keepAlive, port, protocol));
        assumeInstalled("nginx");
        String nginx = Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
        return start(
                port, nginx, "-e", "stderr", "-p", this.directory.toString(), "-c", this.directory + "/nginx.conf");
    }

    private List<String> connections() throws IOException {
        return Files.readAllLines(this.directory.resolve("access.log"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void nginxKeepsOneConnection(String protocol) throws Exception {
        assumeInstalled("openssl");
        assumeInstalled("nginx");
        TestClient client = client();
        URI uri = URI.create("https://127.0.0.1:" + nginx("60s", protocol) + "/");

        for (int i = 0; i < 200; i++) {
            assertThat(client.post(uri, "x").body()).isEqualTo("nginx");
        }
        // Long enough to be watched, so that a late ticket would be seen.
        TimeUnit.MILLISECONDS.sleep(700);
        client.get(uri);

        assertThat(client.events.closed).isEmpty();
        // It writes its log behind its answers.
        await().atMost(LIMIT).untilAsserted(() -> assertThat(connections()).hasSize(201));
        assertThat(connections()).containsOnly(connections().get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void nginxClosesAnIdleConnectionWithoutHarm(String protocol) throws Exception {
        assumeInstalled("openssl");
        assumeInstalled("nginx");
        TestClient client = client();
        URI uri = URI.create("https://127.0.0.1:" + nginx("500ms", protocol) + "/");
        client.post(uri, "x");

        await().atMost(LIMIT).until(() -> !client.events.closed.isEmpty());
        assertThat(client.post(uri, "x").body()).isEqualTo("nginx");

        assertThat(client.events.closed).containsExactly(CloseReason.EOF);
        assertThat(client.events.handshakes).containsExactly(HandshakeResult.FULL, HandshakeResult.RESUMED);
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(connections()).hasSize(2).last().asString().endsWith("r"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void opensslIsNoFalseAlarm(String protocol) throws Exception {
        assumeInstalled("openssl");
        TestClient client = client();
        int port = Ports.forServer();
        start(
                port,
                "openssl",
                "s_server",
                "-accept",
                String.valueOf(port),
                "-cert",
                "cert.pem",
                "-key",
                "key.pem",
                "-www",
                "-quiet",
                protocol);
        URI uri = URI.create("https://127.0.0.1:" + port + "/");

        for (int i = 0; i < 20; i++) {
            TestClient.Reply reply = client.get(uri);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(Pattern.compile("Reused|New")
                            .matcher(reply.body())
                            .results()
                            .map(result -> result.group())
                            .collect(Collectors.toSet()))
                    .isNotEmpty();
        }

        // It closes each connection behind its answer, which says so by its framing.
        assertThat(client.events.closed).containsOnly(CloseReason.NOT_REUSABLE);
        assertThat(client.events.handshakes.subList(1, 20)).containsOnly(HandshakeResult.RESUMED);
    }

    @Test
    void expiredCertificateIsRefused() throws Exception {
        assumeInstalled("openssl");
        run("openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout ca.key -out ca.pem -subj /CN=ca");
        run("openssl req -newkey rsa:2048 -nodes -keyout key.pem -out leaf.csr -subj /CN=localhost");
        Files.writeString(this.directory.resolve("ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
        run(
                "openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days -1 -extfile ext -out cert.pem");
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.tls(trusting("ca.pem")).limits(1, 0));
        int port = Ports.forServer();
        start(
                port,
                "openssl",
                "s_server",
                "-accept",
                String.valueOf(port),
                "-cert",
                "cert.pem",
                "-key",
                "key.pem",
                "-www",
                "-quiet");

        assertThatThrownBy(() -> client.get(URI.create("https://127.0.0.1:" + port + "/")))
                .isInstanceOf(SSLException.class)
                .rootCause()
                .isInstanceOf(java.security.cert.CertificateExpiredException.class);

        assertThat(client.active()).isZero();
        assertThat(client.events.handshakes).containsExactly(HandshakeResult.FAILED);
    }
}

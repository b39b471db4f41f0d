// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelMetricsAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelRestClientAutoConfiguration;
import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.TestTls.Authority;
import io.evenkeel.testing.TestTls.Identity;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;
import org.springframework.web.client.RestClient;

/**
 * Fifty calls a second with mutual TLS against Tomcat, while the certificates of both sides are rotated in files, as an
 * operator would: first both trust both authorities, then the server gets its new certificate, then the client, then the
 * former authority goes. Spring Boot's file watcher finds the files on both sides.
 *
 * <p>{@code main} prints what became of the calls; {@code -Dseconds=30}.
 */
public final class RotationUnderLoad implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(20);

    private static final String BUNDLE = "partner";

    private final Path directory;

    private final ConfigurableApplicationContext context;

    private final WebServer server;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final Map<String, AtomicInteger> clients = new ConcurrentHashMap<>();

    private final Map<String, AtomicInteger> reloads = new ConcurrentHashMap<>();

    private final AtomicLong slowestMillis = new AtomicLong();

    private long start;

    private final List<String> failures = new CopyOnWriteArrayList<>();

    private RotationUnderLoad() throws Exception {
        this.directory = Files.createTempDirectory("evenkeel-rotation");
        write("server", "keystore", Identity.SERVER.keyStore());
        write("server", "truststore", TestTls.trustStore(Authority.FIRST));
        write(BUNDLE, "keystore", Identity.CLIENT.keyStore());
        write(BUNDLE, "truststore", TestTls.trustStore(Authority.FIRST));
        this.context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .properties(properties())
                .run();
        this.server = server(this.context.getBean(SslBundles.class));
        for (String bundle : List.of("server", BUNDLE)) {
            this.context
                    .getBean(SslBundles.class)
                    .addBundleUpdateHandler(
                            bundle, updated -> count(this.reloads, bundle).incrementAndGet());
        }
    }

    /** What became of the calls. */
    public record Result(
            int calls,
            List<String> failures,
            Duration slowest,
            Map<String, Integer> requestsByClientCertificate,
            String issuerOfTheServer,
            double reloads,
            double failedReloads,
            double connectionsClosedByReload) {}

    /** Prints the result. */
    public static void main(String[] args) throws Exception {
        Duration duration = Duration.ofSeconds(Integer.getInteger("seconds", 30));
        System.out.println(
                "Java " + System.getProperty("java.version") + ", " + duration.toSeconds() + " s: " + run(duration));
        System.exit(0);
    }

    /** Calls for so long, with the four steps of the rotation spread over it. */
    public static Result run(Duration duration) throws Exception {
        try (RotationUnderLoad load = new RotationUnderLoad()) {
            return load.callAndRotate(duration);
        }
    }

    private Result callAndRotate(Duration duration) throws Exception {
        RestClient client = this.context
                .getBean(RestClient.Builder.class)
                .baseUrl("https://localhost:" + this.server.getPort())
                .build();
        // An application that is rotated is one that runs: its first handshakes wait for classes and seeds.
        for (int i = 0; i < 20; i++) {
            client.get()
                    .uri("/warm-up")
                    .header("Connection", "close")
                    .retrieve()
                    .toBodilessEntity();
        }
        this.clients.clear();
        Future<?> rotation = this.threads.submit(() -> {
            rotate(duration.dividedBy(5));
            return null;
        });
        int calls = (int) duration.dividedBy(PERIOD);
        List<Future<?>> running = new ArrayList<>();
        this.start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            long due = this.start + i * PERIOD.toNanos();
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            boolean post = i % 2 == 0;
            running.add(this.threads.submit(() -> call(client, post)));
        }
        for (Future<?> each : running) {
            each.get();
        }
        rotation.get();
        Map<String, Integer> byClient = new TreeMap<>();
        this.clients.forEach((name, count) -> byClient.put(name, count.get()));
        return new Result(
                calls,
                List.copyOf(this.failures),
                Duration.ofMillis(this.slowestMillis.get()),
                byClient,
                issuerOfTheServer(),
                meter("evenkeel.tls.reloads", "result", "success"),
                meter("evenkeel.tls.reloads", "result", "failure"),
                meter("evenkeel.connections.lifetime", "reason", "reload"));
    }

    private void call(RestClient client, boolean post) {
        long begin = System.nanoTime();
        try {
            String answer = post
                    ? client.post().uri("/").body("order").retrieve().body(String.class)
                    : client.get().uri("/").retrieve().body(String.class);
            if (!"ok".equals(answer)) {
                this.failures.add("answered " + answer);
            }
        } catch (RuntimeException ex) {
            Duration after = Duration.ofNanos(System.nanoTime() - this.start);
            this.failures.add(
                    "after " + after.toMillis() + " ms, reloads " + this.reloads + ": " + ex + " <- " + ex.getCause());
        } finally {
            long took = Duration.ofNanos(System.nanoTime() - begin).toMillis();
            this.slowestMillis.accumulateAndGet(took, Math::max);
        }
    }

    private void rotate(Duration step) throws Exception {
        pause(step);
        replace("server", "truststore", TestTls.trustStore(Authority.values()));
        replace(BUNDLE, "truststore", TestTls.trustStore(Authority.values()));
        awaitReloads(1, 1);
        pause(step);
        replace("server", "keystore", Identity.NEXT_SERVER.keyStore());
        awaitReloads(2, 1);
        pause(step);
        replace(BUNDLE, "keystore", Identity.NEXT_CLIENT.keyStore());
        awaitReloads(2, 2);
        pause(step);
        replace("server", "truststore", TestTls.trustStore(Authority.NEXT));
        replace(BUNDLE, "truststore", TestTls.trustStore(Authority.NEXT));
        awaitReloads(3, 3);
    }

    private static void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration.toMillis());
    }

    /** An operator waits, too, until both have seen the one step before he takes the next. */
    private void awaitReloads(int ofServer, int ofClient) throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            if (count(this.reloads, "server").get() >= ofServer
                    && count(this.reloads, BUNDLE).get() >= ofClient) {
                return;
            }
            pause(PERIOD);
        }
        throw new IllegalStateException("The files were not read: " + this.reloads);
    }

    private void write(String bundle, String store, KeyStore content) throws Exception {
        try (OutputStream out = Files.newOutputStream(file(bundle, store))) {
            content.store(out, TestTls.PASSWORD.toCharArray());
        }
    }

    /** In one step: nobody ever reads half of a file. */
    private void replace(String bundle, String store, KeyStore content) throws Exception {
        write(bundle, store + ".new", content);
        Files.move(file(bundle, store + ".new"), file(bundle, store), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file(String bundle, String store) {
        return this.directory.resolve(bundle + "-" + store);
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new TreeMap<>();
        for (String bundle : List.of("server", BUNDLE)) {
            String prefix = "spring.ssl.bundle.jks." + bundle + ".";
            properties.put(prefix + "reload-on-update", "true");
            for (String store : List.of("keystore", "truststore")) {
                properties.put(prefix + store + ".location", file(bundle, store).toUri());
                properties.put(prefix + store + ".password", TestTls.PASSWORD);
                properties.put(prefix + store + ".type", "PKCS12");
            }
        }
        properties.put("spring.ssl.bundle.watch.file.quiet-period", "100ms");
        properties.put("spring.http.clients.ssl.bundle", BUNDLE);
        // A machine that has no time for a handshake is not the matter here; the slowest call is in the result.
        properties.put("spring.http.clients.connect-timeout", "10s");
        properties.put("spring.main.banner-mode", "off");
        return properties;
    }

    private WebServer server(SslBundles bundles) {
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
        factory.setAddress(InetAddress.getLoopbackAddress());
        factory.setBaseDirectory(this.directory.resolve("tomcat").toFile());
        Ssl ssl = Ssl.forBundle("server");
        ssl.setClientAuth(Ssl.ClientAuth.NEED);
        factory.setSsl(ssl);
        factory.setSslBundles(bundles);
        WebServer tomcat = factory.getWebServer(
                servlets -> servlets.addServlet("calls", new Calls()).addMapping("/"));
        tomcat.start();
        return tomcat;
    }

    private String issuerOfTheServer() throws IOException {
        try (SSLSocket socket = (SSLSocket) TestTls.clientContext(Identity.NEXT_CLIENT, Authority.NEXT)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), this.server.getPort())) {
            socket.startHandshake();
            X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getIssuerX500Principal().getName();
        }
    }

    private double meter(String name, String key, String value) {
        return this.context.getBean(MeterRegistry.class).find(name).tag(key, value).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    private static AtomicInteger count(Map<String, AtomicInteger> counts, String name) {
        return counts.computeIfAbsent(name, added -> new AtomicInteger());
    }

    @Override
    public void close() throws IOException {
        this.threads.shutdownNow();
        this.context.close();
        this.server.stop();
        this.server.destroy();
        FileSystemUtils.deleteRecursively(this.directory);
    }

    private final class Calls extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            X509Certificate[] chain =
                    (X509Certificate[]) request.getAttribute("jakarta.servlet.request.X509Certificate");
            count(
                            RotationUnderLoad.this.clients,
                            chain[0].getSubjectX500Principal().getName())
                    .incrementAndGet();
            request.getInputStream().readAllBytes();
            response.setContentType("text/plain");
            response.getOutputStream().print("ok");
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SslAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        HttpClientAutoConfiguration.class,
        ImperativeHttpClientAutoConfiguration.class,
        RestClientAutoConfiguration.class,
        MetricsAutoConfiguration.class,
        CompositeMeterRegistryAutoConfiguration.class,
        SimpleMetricsExportAutoConfiguration.class,
        EvenkeelAutoConfiguration.class,
        EvenkeelRestClientAutoConfiguration.class,
        EvenkeelMetricsAutoConfiguration.class
    })
    static class Application {}
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.EvenkeelMetricsAutoConfiguration;
import io.evenkeel.testing.Handshake;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.TestTls.Authority;
import io.evenkeel.testing.TestTls.Identity;
import io.evenkeel.transport.ConnectionPools;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/** Files that an operator replaces, found by Spring Boot's watcher: PEM, as cert-manager and the like write them. */
@ExtendWith(OutputCaptureExtension.class)
class SslReloadOnUpdateTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @TempDir
    Path directory;

    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        this.server = this.leaks.server(
                ScriptedServer.https().clientCertificateRequired().start());
        replace("tls.key", Identity.CLIENT.keyPem());
        replace("tls.crt", Identity.CLIENT.certificatePem());
        replace("ca.crt", pem(Authority.FIRST));
    }

    @Test
    void clientsOfAllKindsShowTheNewCertificateOnConnectionsOfTheirOwn() {
        runner().run(context -> {
            RestClient client = client(context);
            RestTemplate template = context.getBean(RestTemplateBuilder.class).build();
            call(client);
            assertThat(template.getForObject(this.server.uri("/"), String.class))
                    .isEqualTo("ok");
            assertThat(shown()).containsExactly("CN=evenkeel-client");

            replace("tls.key", Identity.NEXT_CLIENT.keyPem());
            replace("tls.crt", Identity.NEXT_CLIENT.certificatePem());
            eventually(() -> reloads(context, "success") == 1);
            this.server.awaitConnectionsOpen(0, LIMIT);

            call(client);
            assertThat(template.getForObject(this.server.uri("/"), String.class))
                    .isEqualTo("ok");
            // Spring Boot's settings still carry the bundle of the start.
            call(client(context));
            assertThat(shown()).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
            assertThat(this.server.handshakes()).noneMatch(Handshake::resumed);
            assertThat(context.getBean(ConnectionPools.class).snapshot()).hasSize(1);
        });
    }

    @Test
    void aBrokenFileChangesNothingUntilItIsCorrected(CapturedOutput output) {
        runner().run(context -> {
            RestClient client = client(context);
            call(client);

            replace("tls.crt", Identity.NEXT_CLIENT.certificatePem().substring(0, 300));
            eventually(() -> reloads(context, "failure") == 1);
            call(client);
            call(client(context));
            assertThat(shown()).containsExactly("CN=evenkeel-client");
            assertThat(output)
                    .contains("SSL bundle 'partner' was reloaded, but cannot be used: ")
                    .contains("Missing certificates or unrecognized format")
                    .doesNotContain("Unexpected SSL reload error");

            replace("tls.key", Identity.NEXT_CLIENT.keyPem());
            replace("tls.crt", Identity.NEXT_CLIENT.certificatePem());
            eventually(() -> reloads(context, "success") == 1);
            call(client);
            assertThat(shown()).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
        });
    }

    @Test
    void halfOfAPairIsNotUsed(CapturedOutput output) {
        runner().run(context -> {
            RestClient client = client(context);
            call(client);

            replace("tls.key", Identity.NEXT_CLIENT.keyPem());
            eventually(() -> reloads(context, "failure") == 1);
            call(client);
            assertThat(output).contains("its private key does not belong to its certificate");

            replace("tls.crt", Identity.NEXT_CLIENT.certificatePem());
            eventually(() -> reloads(context, "success") == 1);
            call(client);
            assertThat(shown()).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
        });
    }

    @Test
    void anAuthorityThatWasRemovedIsTrustedNoMore() {
        runner().run(context -> {
            RestClient client = client(context);
            call(client);

            replace("ca.crt", pem(Authority.NEXT));
            eventually(() -> reloads(context, "success") == 1);

            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(() -> call(client))
                    .withCauseInstanceOf(SSLHandshakeException.class);
            assertThat(this.server.requests()).hasSize(1);
        });
    }

    @Test
    void aCustomizedClientIsReachedToo() {
        runner().withBean(
                        "customizer",
                        ClientHttpRequestFactoryBuilderCustomizer.class,
                        SslReloadOnUpdateTests.Customizer::new)
                .run(context -> {
                    RestClient client = client(context);
                    call(client);

                    replace("tls.key", Identity.NEXT_CLIENT.keyPem());
                    replace("tls.crt", Identity.NEXT_CLIENT.certificatePem());
                    eventually(() -> reloads(context, "success") == 1);

                    call(client);
                    assertThat(shown()).containsExactly("CN=evenkeel-client", "CN=evenkeel-next-client");
                });
    }

    /** What Spring Boot finds out itself ends there: it logs an error, and hands nothing on. */
    @Test
    void aPairThatSpringBootIsToldToVerifyNeverArrives(CapturedOutput output) {
        runner().withPropertyValues("spring.ssl.bundle.pem.partner.keystore.verify-keys=true")
                .run(context -> {
                    RestClient client = client(context);
                    call(client);

                    replace("tls.key", Identity.NEXT_CLIENT.keyPem());
                    eventually(() -> output.toString().contains("Unexpected SSL reload error"));

                    call(client);
                    assertThat(shown()).containsExactly("CN=evenkeel-client");
                    assertThat(reloads(context, "failure")).isZero();
                });
    }

    private ApplicationContextRunner runner() {
        return Contexts.plain()
                .withConfiguration(AutoConfigurations.of(
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class,
                        EvenkeelMetricsAutoConfiguration.class))
                .withPropertyValues(
                        "spring.http.clients.ssl.bundle=partner",
                        // The first handshake of a JVM takes its time on a busy machine.
                        "spring.http.clients.connect-timeout=20s",
                        "spring.ssl.bundle.watch.file.quiet-period=50ms",
                        "spring.ssl.bundle.pem.partner.reload-on-update=true",
                        "spring.ssl.bundle.pem.partner.keystore.certificate=" + location("tls.crt"),
                        "spring.ssl.bundle.pem.partner.keystore.private-key=" + location("tls.key"),
                        "spring.ssl.bundle.pem.partner.truststore.certificate=" + location("ca.crt"));
    }

    private String location(String file) {
        return this.directory.resolve(file).toUri().toString();
    }

    private void replace(String file, String content) throws Exception {
        Path next = this.directory.resolve(file + ".next");
        Files.writeString(next, content);
        Files.move(next, this.directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String pem(Authority authority) throws Exception {
        KeyStore store = TestTls.trustStore(authority);
        byte[] certificate = store.getCertificate(store.aliases().nextElement()).getEncoded();
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate)
                + "\n-----END CERTIFICATE-----\n";
    }

    private static RestClient client(ApplicationContext context) {
        return context.getBean(RestClient.Builder.class).build();
    }

    private void call(RestClient client) {
        assertThat(client.post().uri(this.server.uri("/")).body("x").retrieve().body(String.class))
                .isEqualTo("ok");
    }

    private List<String> shown() {
        return this.server.handshakes().stream()
                .map(Handshake::client)
                .distinct()
                .toList();
    }

    private static double reloads(ApplicationContext context, String result) {
        return context.getBean(MeterRegistry.class)
                .get("evenkeel.tls.reloads")
                .tags("bundle", "partner", "result", result)
                .counter()
                .count();
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - start < LIMIT.toNanos()) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static final class Customizer
            implements ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> {

        @Override
        public HttpComponentsClientHttpRequestFactoryBuilder customize(
                HttpComponentsClientHttpRequestFactoryBuilder builder) {
            return builder.withSocketConfigCustomizer(socket -> socket.setTcpNoDelay(true));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.TestKeyStore;
import io.evenkeel.autoconfigure.WebServer;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.ScriptedServer;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** What is said to Spring Boot happens on the wire. */
class SettingsOnTheWireTests {

    private final WebServer server = WebServer.http();

    @AfterEach
    void closeServer() {
        this.server.close();
    }

    @Test
    void cookiesAreOffUnlessSomebodyWantsThem() {
        Contexts.plain().run(context -> {
            RestClient client = context.getBean(RestClient.class);
            get(client, "/cookie");
            get(client, "/hello");
            assertThat(this.server.lastRequest().cookie()).isNull();
        });
    }

    @Test
    void cookiesAreOnIfSomebodyWantsThem() {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.cookie-handling=enable")
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    get(client, "/cookie");
                    get(client, "/hello");
                    assertThat(this.server.lastRequest().cookie()).isEqualTo("session=1");
                });
    }

    @Test
    void redirectsAreFollowedUnlessSomebodyForbidsIt() {
        Contexts.plain().run(context -> {
            get(context.getBean(RestClient.class), "/redirect");
            assertThat(this.server.lastRequest().uri()).isEqualTo("/hello");
        });
    }

    @Test
    void redirectsAreNotFollowedIfSomebodyForbidsIt() {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.redirects=dont-follow")
                .run(context -> {
                    var response = context.getBean(RestClient.class)
                            .get()
                            .uri(this.server.url("/redirect"))
                            .retrieve()
                            .toBodilessEntity();
                    assertThat(response.getStatusCode()).isEqualTo(HttpStatus.FOUND);
                });
    }

    @Test
    void theReadTimeoutEndsACall() {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.read-timeout=200ms")
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> get(client, "/slow"))
                            .withCauseInstanceOf(SocketTimeoutException.class);
                });
    }

    @Test
    void aTimeoutOfTheCodeWinsOverThatOfTheConfiguration() {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.read-timeout=1h")
                .run(context -> {
                    HttpComponentsClientHttpRequestFactory factory = context.getBean(
                                    EvenkeelRequestFactoryBuilder.class)
                            .build(HttpClientSettings.defaults().withReadTimeout(Duration.ofMillis(200)));
                    RestClient client = context.getBean(RestClient.Builder.class)
                            .requestFactory(factory)
                            .build();
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> get(client, "/slow"))
                            .withCauseInstanceOf(SocketTimeoutException.class);
                });
    }

    @Test
    void closingOneFactoryLeavesTheOthersAlone() {
        Contexts.plain().run(context -> {
            EvenkeelRequestFactoryBuilder builder = context.getBean(EvenkeelRequestFactoryBuilder.class);
            HttpComponentsClientHttpRequestFactory one = builder.build();
            HttpComponentsClientHttpRequestFactory other = builder.build();
            get(RestClient.builder().requestFactory(one).build(), "/hello");
            one.destroy();
            get(RestClient.builder().requestFactory(other).build(), "/hello");
            assertThat(this.server.requests()).hasSize(2);
        });
    }

    @Test
    void aResponseWithMoreHeadersThanAllowedIsRefused() {
        Contexts.plain().withPropertyValues("evenkeel.max-response-headers=10").run(context -> {
            RestClient client = context.getBean(RestClient.class);
            get(client, "/hello");
            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(() -> get(client, "/head?lines=10&length=1"))
                    .withMessageContaining("evenkeel.max-response-headers")
                    .satisfies(SettingsOnTheWireTests::isTooLarge);
        });
    }

    @Test
    void aResponseWithALargerHeadThanAllowedIsRefused() {
        Contexts.plain()
                .withPropertyValues("evenkeel.max-response-head-size=1KB")
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    get(client, "/head?lines=1&length=700");
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> get(client, "/head?lines=1&length=1100"))
                            .withMessageContaining("evenkeel.max-response-head-size")
                            .satisfies(SettingsOnTheWireTests::isTooLarge);
                });
    }

    @Test
    void limitsOfResponseHeadsCanBeRaised() {
        Contexts.plain()
                .withPropertyValues("evenkeel.max-response-headers=500", "evenkeel.max-response-head-size=200KB")
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    get(client, "/head?lines=400&length=100");
                    get(client, "/head?lines=1&length=190000");
                });
    }

    @Test
    void moreInterimResponsesThanAllowedAreRefused() {
        String interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(25);
        try (ScriptedServer server = ScriptedServer.http()
                .byDefault(Answer.raw(interim + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
                .start()) {
            Contexts.plain()
                    .run(context -> assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> body(context.getBean(RestClient.class), server))
                            .withMessageContaining("evenkeel.max-interim-responses")
                            .satisfies(SettingsOnTheWireTests::isTooLarge));
            Contexts.plain()
                    .withPropertyValues("evenkeel.max-interim-responses=25")
                    .run(context -> assertThat(body(context.getBean(RestClient.class), server))
                            .isEqualTo("ok"));
        }
    }

    @Test
    void contentInAnUnknownCodingCanBeRefused() {
        try (ScriptedServer server = ScriptedServer.http()
                .byDefault(Answer.ok("ok").header("Content-Encoding", "utf-8"))
                .start()) {
            Contexts.plain()
                    .run(context -> assertThat(body(context.getBean(RestClient.class), server))
                            .isEqualTo("ok"));
            Contexts.plain()
                    .withPropertyValues("evenkeel.unknown-content-encoding=refuse")
                    .run(context -> assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> body(context.getBean(RestClient.class), server))
                            .withMessageContainingAll("'utf-8'", "evenkeel.unknown-content-encoding: pass"));
        }
    }

    @Test
    void anUnknownWayToTreatContentIsRefused() {
        Contexts.plain()
                .withPropertyValues("evenkeel.unknown-content-encoding=ignore")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContainingAll(
                                "evenkeel.unknown-content-encoding", "ignore", "Write one of: pass, refuse."));
    }

    private static String body(RestClient client, ScriptedServer server) {
        return client.get().uri(server.uri("/")).retrieve().body(String.class);
    }

    private static void isTooLarge(Throwable thrown) {
        assertThat(EvenkeelException.in(thrown)).get().isInstanceOf(BadResponseException.class);
        assertThat(EvenkeelException.in(thrown).orElseThrow().reason()).isEqualTo("too_large");
    }

    @Test
    void anAddressFilterIsAsked() {
        Contexts.plain()
                .withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    assertThatException().isThrownBy(() -> get(client, "/hello"));
                    assertThat(this.server.requests()).isEmpty();
                });
    }

    @Test
    void theProxyOfTheSystemPropertiesIsUsed() {
        Contexts.plain()
                .withSystemProperties("http.proxyHost=localhost", "http.proxyPort=" + this.server.port())
                .run(context -> {
                    context.getBean(RestClient.class)
                            .get()
                            .uri("http://service.invalid/hello")
                            .retrieve()
                            .toBodilessEntity();
                    assertThat(this.server.lastRequest().uri()).isEqualTo("http://service.invalid/hello");
                });
    }

    @Test
    void anSslBundleIsTrusted(@TempDir Path directory) throws Exception {
        TestKeyStore keys = TestKeyStore.createIn(directory);
        try (WebServer secure = WebServer.https(keys.bundle().createSslContext())) {
            Contexts.plain()
                    .withPropertyValues(
                            "spring.http.clients.ssl.bundle=partner",
                            "spring.ssl.bundle.jks.partner.truststore.location=" + keys.location(),
                            "spring.ssl.bundle.jks.partner.truststore.password=" + TestKeyStore.PASSWORD)
                    .run(context -> {
                        assertThat(context.getBean(RestClient.class)
                                        .get()
                                        .uri(secure.url("/hello"))
                                        .retrieve()
                                        .body(String.class))
                                .isEqualTo("hello");
                    });
        }
    }

    @Test
    void withoutSslBundleTheDefaultsOfTheJvmAreTrusted(@TempDir Path directory) throws Exception {
        TestKeyStore keys = TestKeyStore.createIn(directory);
        try (WebServer secure = WebServer.https(keys.bundle().createSslContext())) {
            Contexts.plain()
                    .run(context -> assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> context.getBean(RestClient.class)
                                    .get()
                                    .uri(secure.url("/hello"))
                                    .retrieve()
                                    .toBodilessEntity())
                            .withCauseInstanceOf(SSLException.class));
        }
    }

    private void get(RestClient client, String path) {
        client.get().uri(this.server.url(path)).retrieve().toBodilessEntity();
    }
}

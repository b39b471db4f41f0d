// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.pools.CustomizedConnectionsTests;
import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.CircularRedirectException;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** The rules of redirects reach Spring's clients, and what is said to Spring Boot about redirects reaches the rules. */
class RedirectsOfSpringClientsTests {

    private static final String SECRET = "canary-2b9e";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer other;
    private ScriptedServer server;

    @BeforeEach
    void startServers() {
        this.other =
                this.leaks.server(ScriptedServer.http().byDefault(ok("other")).start());
        this.server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> switch (request.target()) {
                    case "/circle" -> status(302).header("Location", "/circle").body("moved");
                    case "/file" ->
                        status(302).header("Location", "file:///etc/passwd").body("moved");
                    default ->
                        status(request.method().equals("GET") ? 302 : 307)
                                .header("Location", this.other.uri("/").toString())
                                .body("moved");
                })
                .start());
    }

    private void assertNothingOfTheSecretReachedTheOther() {
        for (int i = 0; i < this.other.connectionsAccepted(); i++) {
            assertThat(new String(this.other.bytesReceived(i), StandardCharsets.ISO_8859_1))
                    .doesNotContain(SECRET);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"follow", "follow-when-possible"})
    void headersOfARestClientStayWithTheirOrigin(String redirects) {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.redirects=" + redirects)
                .run(context -> {
                    RestClient client = context.getBean(RestClient.Builder.class)
                            .defaultHeader("X-Api-Key", SECRET)
                            .defaultCookie("session", SECRET)
                            .requestInterceptor((request, body, execution) -> {
                                request.getHeaders().setBearerAuth(SECRET);
                                return execution.execute(request, body);
                            })
                            .build();

                    assertThat(client.get().uri(this.server.uri("/")).retrieve().body(String.class))
                            .isEqualTo("other");
                    assertThat(this.server.requests().get(0).header("Authorization"))
                            .isEqualTo("Bearer " + SECRET);
                    assertNothingOfTheSecretReachedTheOther();
                });
    }

    @Test
    void bodyOfARestClientStaysWithItsOrigin() {
        Contexts.plain().run(context -> {
            ResponseEntity<String> response = context.getBean(RestClient.class)
                    .post()
                    .uri(this.server.uri("/"))
                    .body(Map.of("card", SECRET))
                    .retrieve()
                    .toEntity(String.class);

            assertThat(response.getStatusCode()).isEqualTo(HttpStatus.TEMPORARY_REDIRECT);
            assertThat(response.getHeaders().getLocation()).isEqualTo(this.other.uri("/"));
            assertThat(response.getBody()).isEqualTo("moved");
            assertThat(this.other.connectionsAccepted()).isZero();
        });
    }

    @Test
    void headersOfARestTemplateStayWithTheirOrigin() {
        Contexts.plain().run(context -> {
            assertThat(context.getBean(RestTemplateBuilder.class)
                            .basicAuthentication("user", SECRET)
                            .defaultHeader("X-Api-Key", SECRET)
                            .build()
                            .getForObject(this.server.uri("/"), String.class))
                    .isEqualTo("other");
            assertThat(this.server.requests().get(0).header("X-Api-Key")).isEqualTo(SECRET);
            assertNothingOfTheSecretReachedTheOther();
        });
    }

    @Test
    void aCircleAndABadLocationAreCausesOfAResourceAccessException() {
        Contexts.plain().run(context -> {
            RestClient client = context.getBean(RestClient.class);
            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(() -> client.get()
                            .uri(this.server.uri("/circle"))
                            .retrieve()
                            .toBodilessEntity())
                    .withRootCauseInstanceOf(CircularRedirectException.class);
            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(() -> client.get()
                            .uri(this.server.uri("/file"))
                            .retrieve()
                            .toBodilessEntity())
                    .withCauseInstanceOf(BadResponseException.class);
        });
    }

    @Test
    void theNumberOfRedirectsIsOursUntilACustomizerChangesIt() {
        ScriptedServer counting = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> {
                    int step = Integer.parseInt(request.target().substring(1));
                    return (step == 0)
                            ? ok("there")
                            : status(302).header("Location", "/" + (step - 1)).body("");
                })
                .start());
        Contexts.plain().run(context -> {
            RestClient client = context.getBean(RestClient.class);
            assertThat(client.get().uri(counting.uri("/5")).retrieve().body(String.class))
                    .isEqualTo("there");
            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(() ->
                            client.get().uri(counting.uri("/6")).retrieve().toBodilessEntity());
        });
        Contexts.plain()
                .withBean(
                        ClientHttpRequestFactoryBuilderCustomizer.class,
                        () -> new CustomizedConnectionsTests.Customizer(builder ->
                                builder.withDefaultRequestConfigCustomizer(config -> config.setMaxRedirects(9))))
                .run(context -> assertThat(context.getBean(RestClient.class)
                                .get()
                                .uri(counting.uri("/9"))
                                .retrieve()
                                .body(String.class))
                        .isEqualTo("there"));
    }

    @Test
    void dontFollowHandsOutEveryRedirect() {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.redirects=dont-follow")
                .run(context -> {
                    for (String path : List.of("/", "/circle", "/file")) {
                        assertThat(context.getBean(RestClient.class)
                                        .get()
                                        .uri(this.server.uri(path))
                                        .retrieve()
                                        .toBodilessEntity()
                                        .getStatusCode())
                                .isEqualTo(HttpStatus.FOUND);
                    }
                    assertThat(this.other.connectionsAccepted()).isZero();
                });
    }

    @Test
    void aRedirectStrategyOfACustomizerWins() {
        Contexts.plain()
                .withBean(
                        ClientHttpRequestFactoryBuilderCustomizer.class,
                        () -> new CustomizedConnectionsTests.Customizer(builder -> builder.withHttpClientCustomizer(
                                client -> client.setRedirectStrategy(DefaultRedirectStrategy.INSTANCE))))
                .run(context -> {
                    context.getBean(RestClient.class)
                            .post()
                            .uri(this.server.uri("/"))
                            .body("content")
                            .retrieve()
                            .toBodilessEntity();

                    assertThat(this.other.requests().get(0).bodyText()).isEqualTo("content");
                });
    }

    @Test
    void anAddressFilterOfTheApplicationHoldsForRedirects() {
        ScriptedServer internal = this.leaks.server(ScriptedServer.http().start());
        ScriptedServer outside = this.leaks.server(ScriptedServer.http()
                .byDefault(status(302)
                        .header("Location", "http://127.0.0.2:" + internal.port() + "/?token=" + SECRET)
                        .body(""))
                .start());
        Contexts.plain()
                .withBean(
                        InetAddressFilter.class,
                        () -> address -> !address.getHostAddress().equals("127.0.0.2"))
                .run(context -> {
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> context.getBean(RestClient.class)
                                    .get()
                                    .uri(outside.uri("/"))
                                    .retrieve()
                                    .toBodilessEntity())
                            .withCauseInstanceOf(CallRejectedException.class)
                            .withMessageNotContaining(SECRET);
                    assertThat(internal.connectionsAccepted()).isZero();
                });
    }
}

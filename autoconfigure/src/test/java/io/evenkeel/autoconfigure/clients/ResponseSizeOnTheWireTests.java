// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** The limits of content, as the users of Spring's clients meet them. */
class ResponseSizeOnTheWireTests {

    private static final String LIMIT = "evenkeel.max-response-size=1KB";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final ScriptedServer server = this.leaks.server(ScriptedServer.http()
            .byDefault(request -> switch (request.target()) {
                case "/length" -> ok("x".repeat(1025));
                case "/chunks" -> ok("x".repeat(1025)).chunked();
                case "/limit" -> ok("x".repeat(1024)).chunked();
                case "/error/length" -> status(500).body("x".repeat(1025));
                case "/error/chunks" -> status(500).body("x".repeat(1025)).chunked();
                case "/bomb" -> ok("").header("Content-Encoding", "gzip").body(zeros(12));
                default -> ok("ok");
            })
            .start());

    interface Things {

        @GetExchange("/length")
        String length();

        @GetExchange("/chunks")
        String chunks();
    }

    private void with(Consumer<AssertableApplicationContext> assertions, String... properties) {
        Contexts.plain().withPropertyValues(properties).run(context -> {
            assertions.accept(context);
            assertThat(get(context.getBean(RestClient.class), "/")).isEqualTo("ok");
        });
    }

    private String get(RestClient client, String path) {
        return client.get().uri(this.server.uri(path)).retrieve().body(String.class);
    }

    private static void isTooLarge(String key, ThrowingCallable call) {
        EvenkeelException found = EvenkeelException.in(catchThrowable(call)).orElseThrow();
        assertThat(found).isInstanceOf(BadResponseException.class).hasMessageContaining("Raise " + key + " if");
        assertThat(found.reason()).isEqualTo("too_large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/length", "/chunks"})
    void everyWayToReadABodyEndsAtTheLimit(String path) {
        String key = "evenkeel.max-response-size";
        with(
                context -> {
                    RestClient client = context.getBean(RestClient.class);
                    isTooLarge(key, () -> get(client, path));
                    isTooLarge(
                            key,
                            () -> client.get()
                                    .uri(this.server.uri(path))
                                    .retrieve()
                                    .toEntity(byte[].class));
                    isTooLarge(
                            key,
                            () -> client.get()
                                    .uri(this.server.uri(path))
                                    .exchange((request, response) ->
                                            response.getBody().readAllBytes()));
                    isTooLarge(
                            key,
                            () -> context.getBean(RestTemplateBuilder.class)
                                    .build()
                                    .getForObject(this.server.uri(path), byte[].class));
                    Things things = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client.mutate()
                                    .baseUrl(this.server.uri("").toString())
                                    .build()))
                            .build()
                            .createClient(Things.class);
                    isTooLarge(key, path.equals("/length") ? things::length : things::chunks);
                    assertThat(get(client, "/limit")).hasSize(1024);
                },
                LIMIT);
    }

    @Test
    void anErrorWhoseLengthIsTooLargeIsRefused() {
        with(
                context -> isTooLarge(
                        "evenkeel.max-response-size", () -> get(context.getBean(RestClient.class), "/error/length")),
                LIMIT);
    }

    /** Spring leaves out what it cannot read of it. */
    @Test
    void anErrorStaysOneWhereItsContentTurnsOutToBeTooLarge() {
        with(
                context -> {
                    HttpServerErrorException error = catchThrowableOfType(
                            HttpServerErrorException.class,
                            () -> get(context.getBean(RestClient.class), "/error/chunks"));
                    assertThat(error.getResponseBodyAsByteArray()).isEmpty();
                },
                LIMIT);
        assertThat(this.server.connectionsAccepted()).isEqualTo(2);
    }

    @Test
    void aClientHasALimitOfItsOwn() {
        with(
                context -> {
                    RestClient small = context.getBean("smallRestClient", RestClient.class);
                    isTooLarge("evenkeel.clients.small.max-response-size", () -> get(small, "/length"));
                    assertThat(get(context.getBean(RestClient.class), "/length"))
                            .hasSize(1025);
                },
                "evenkeel.clients.small.max-response-size=1KB");
    }

    @Test
    void aBombIsRefusedUnlessSomebodyAllowsIt() {
        with(context ->
                isTooLarge("evenkeel.max-decompression-ratio", () -> get(context.getBean(RestClient.class), "/bomb")));
        with(
                context -> assertThat(get(context.getBean(RestClient.class), "/bomb"))
                        .hasSize(12 * 1024 * 1024),
                "evenkeel.max-decompression-ratio=0");
        with(
                context -> assertThat(get(context.getBean("largeRestClient", RestClient.class), "/bomb"))
                        .hasSize(12 * 1024 * 1024),
                "evenkeel.clients.large.max-decompression-ratio=2000");
    }

    private static byte[] zeros(int megabytes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(new byte[megabytes * 1024 * 1024]);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return bytes.toByteArray();
    }
}

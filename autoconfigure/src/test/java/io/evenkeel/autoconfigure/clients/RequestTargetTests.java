// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import java.net.URI;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.DefaultUriBuilderFactory.EncodingMode;

/** Whatever a URI holds, what leaves is ASCII, and the address of the same resource. */
class RequestTargetTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer server;

    @BeforeEach
    void startServer() {
        this.server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/moved")
                        ? status(302)
                                .header("Location", this.server.uri("/") + "\u00fc")
                                .body("")
                        : status(200).body("ok"))
                .start());
    }

    @ParameterizedTest
    @CsvSource({
        "/files/\u20ac5, /files/%E2%82%AC5, /files/?5",
        "/J\u00fcrgen, /J%C3%BCrgen, /J\u00fcrgen",
        "/Ju\u0308rgen, /Ju%CC%88rgen, /Ju?rgen",
        "/?name=\u4e2d&x=%41, /?name=%E4%B8%AD&x=%41, /?name=?&x=%41",
        "/\ud83d\ude00, /%F0%9F%98%80, /??",
        "/\u00bd?a[]=\u00bd, /%C2%BD?a[]=%C2%BD, /\u00bd?a[]=\u00bd"
    })
    void uriIsEncodedAsUtf8WhereStockSendsAnotherResource(String given, String sent, String ofStock) throws Exception {
        URI uri = URI.create(this.server.uri("") + given);
        Contexts.plain().run(context -> {
            context.getBean(RestClient.class).delete().uri(uri).retrieve().toBodilessEntity();
            context.getBean(RestTemplateBuilder.class).build().delete(uri);
        });
        HttpComponentsClientHttpRequestFactory stock =
                ClientHttpRequestFactoryBuilder.httpComponents().build();
        RestClient.builder()
                .requestFactory(stock)
                .build()
                .delete()
                .uri(uri)
                .retrieve()
                .toBodilessEntity();
        stock.destroy();

        assertThat(this.server.requests()).extracting(Request::target).containsExactly(sent, sent, ofStock);
    }

    @Test
    void templateThatIsNotEncodedBySpringIsEncoded() {
        DefaultUriBuilderFactory uris =
                new DefaultUriBuilderFactory(this.server.uri("").toString());
        uris.setEncodingMode(EncodingMode.NONE);
        Contexts.plain().run(context -> {
            context.getBean(RestClient.Builder.class)
                    .uriBuilderFactory(uris)
                    .build()
                    .get()
                    .uri("/{name}?q={name}", "\u20ac", "\u20ac")
                    .retrieve()
                    .toBodilessEntity();

            assertThat(this.server.requests()).extracting(Request::target).containsExactly("/%E2%82%AC?q=%E2%82%AC");
        });
    }

    @Test
    void redirectStrategyOfTheApplicationCannotSendOtherBytes() {
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> lax = builder ->
                builder.withHttpClientCustomizer(client -> client.setRedirectStrategy(new DefaultRedirectStrategy()));
        Contexts.plain()
                .withBean(ClientHttpRequestFactoryBuilderCustomizer.class, () -> lax)
                .run(context -> {
                    ResponseEntity<String> response = context.getBean(RestClient.class)
                            .get()
                            .uri(this.server.uri("/moved"))
                            .retrieve()
                            .toEntity(String.class);

                    assertThat(response.getBody()).isEqualTo("ok");
                    assertThat(this.server.requests())
                            .extracting(Request::target)
                            .last()
                            .asString()
                            .matches("[!-~]+");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x\ud83d", "/?q=\ude00", "/\ude00\ud83d"})
    void halfACharacterIsRefusedBeforeAConnectionIsOpened(String target) {
        URI uri = URI.create(this.server.uri("") + target);
        Contexts.plain().run(context -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.getBean(RestClient.class)
                            .get()
                            .uri(uri)
                            .retrieve()
                            .toBodilessEntity())
                    .withMessageContaining("half a character");
            assertThat(this.server.connectionsAccepted()).isZero();
        });
    }

    @Test
    void hostOutsideOfAsciiIsRefusedWithTheFormToWrite() {
        Contexts.plain().run(context -> {
            RestClient client = context.getBean(RestClient.class);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.get()
                            .uri(URI.create("http://b\u00fccher.invalid/"))
                            .retrieve()
                            .toBodilessEntity())
                    .withMessageContaining("Write xn--bcher-kva.invalid.");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.get()
                            .uri(URI.create("http://b%C3%BCcher.invalid/"))
                            .retrieve()
                            .toBodilessEntity())
                    .withMessageContaining("Write xn--bcher-kva.invalid.");
        });
    }
}

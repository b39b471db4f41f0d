// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.header;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.client.NamedClients;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.test.autoconfigure.RestClientTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;

/** In a {@code @RestClientTest} the mock server answers, whichever way the component gets its client. */
class RestClientTestSliceTests {

    @Nested
    @RestClientTest
    @Import(FromTheBuilder.class)
    @ContextConfiguration(classes = Application.class)
    class WithABuilder {

        @Test
        void theMockServerAnswers(@Autowired MockRestServiceServer server, @Autowired FromTheBuilder component) {
            server.expect(requestTo("/hello")).andRespond(withSuccess("mocked", MediaType.TEXT_PLAIN));
            assertThat(component.hello()).isEqualTo("mocked");
        }
    }

    @Nested
    @RestClientTest
    @Import(FromTheReadyClient.class)
    @ContextConfiguration(classes = Application.class)
    class WithTheReadyClient {

        @Test
        void theMockServerAnswers(@Autowired MockRestServiceServer server, @Autowired FromTheReadyClient component) {
            server.expect(requestTo("/hello")).andRespond(withSuccess("mocked", MediaType.TEXT_PLAIN));
            assertThat(component.hello()).isEqualTo("mocked");
        }
    }

    @Nested
    @RestClientTest(
            properties = {
                "evenkeel.clients.payments.base-url=https://payments.example.com",
                "evenkeel.clients.payments.default-header.X-Api-Key=key",
                "evenkeel.clients.payments.ssl.bundle=partner",
                "evenkeel.clients.orders.base-url=https://orders.example.com"
            })
    @Import(FromTheNamedClient.class)
    @ContextConfiguration(classes = Application.class)
    class WithANamedClient {

        @Test
        void theMockServerAnswers(@Autowired MockRestServiceServer server, @Autowired FromTheNamedClient component) {
            server.expect(requestTo("https://payments.example.com/hello"))
                    .andExpect(header("X-Api-Key", "key"))
                    .andRespond(withSuccess("mocked", MediaType.TEXT_PLAIN));
            assertThat(component.hello()).isEqualTo("mocked");
        }
    }

    @Nested
    @RestClientTest(properties = "evenkeel.clients.payments.base-url=https://payments.example.com")
    @Import(FromTheRegistry.class)
    @ContextConfiguration(classes = Application.class)
    class WithTheRegistry {

        @Test
        void theMockServerAnswers(@Autowired MockRestServiceServer server, @Autowired FromTheRegistry component) {
            server.expect(requestTo("https://payments.example.com/hello"))
                    .andRespond(withSuccess("mocked", MediaType.TEXT_PLAIN));
            assertThat(component.hello()).isEqualTo("mocked");
        }
    }

    @Test
    void aMockServerCanBeBoundToTheBuilderOfANamedClientByHand() {
        Contexts.plain()
                .withPropertyValues("evenkeel.clients.payments.base-url=https://payments.example.com")
                .run(context -> {
                    RestClient.Builder builder =
                            context.getBean(NamedClients.class).builder("payments");
                    MockRestServiceServer server =
                            MockRestServiceServer.bindTo(builder).build();
                    server.expect(requestTo("https://payments.example.com/hello"))
                            .andRespond(withSuccess("mocked", MediaType.TEXT_PLAIN));
                    assertThat(builder.build().get().uri("/hello").retrieve().body(String.class))
                            .isEqualTo("mocked");
                });
    }

    @Test
    void aMockServerCanBeBoundToABuilderByHand() {
        Contexts.plain().run(context -> {
            RestClient.Builder builder = context.getBean(RestClient.Builder.class);
            MockRestServiceServer server = MockRestServiceServer.bindTo(builder).build();
            server.expect(requestTo("/hello")).andRespond(withSuccess("mocked", MediaType.TEXT_PLAIN));
            assertThat(builder.build().get().uri("/hello").retrieve().body(String.class))
                    .isEqualTo("mocked");
        });
    }

    static class FromTheBuilder {

        private final RestClient client;

        FromTheBuilder(RestClient.Builder builder) {
            this.client = builder.build();
        }

        String hello() {
            return this.client.get().uri("/hello").retrieve().body(String.class);
        }
    }

    static class FromTheReadyClient {

        private final RestClient client;

        FromTheReadyClient(RestClient client) {
            this.client = client;
        }

        String hello() {
            return this.client.get().uri("/hello").retrieve().body(String.class);
        }
    }

    static class FromTheNamedClient {

        private final RestClient client;

        FromTheNamedClient(@Qualifier("payments") RestClient client) {
            this.client = client;
        }

        String hello() {
            return this.client.get().uri("/hello").retrieve().body(String.class);
        }
    }

    static class FromTheRegistry {

        private final RestClient client;

        FromTheRegistry(NamedClients clients) {
            this.client = clients.get("payments");
        }

        String hello() {
            return this.client.get().uri("/hello").retrieve().body(String.class);
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}
}

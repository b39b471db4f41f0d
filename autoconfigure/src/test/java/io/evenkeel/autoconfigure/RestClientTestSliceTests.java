// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
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

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}
}

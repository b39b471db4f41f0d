// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.resttestclient.TestRestTemplate;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureTestRestTemplate;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** {@code TestRestTemplate} does what it does without Evenkeel, against a server with a self-signed certificate. */
@SpringBootTest(
        classes = TestRestTemplateTests.Application.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = "spring.main.web-application-type=servlet")
@AutoConfigureTestRestTemplate
class TestRestTemplateTests {

    @TempDir
    static Path directory;

    @Autowired
    private TestRestTemplate template;

    @DynamicPropertySource
    static void serveWithASelfSignedCertificate(DynamicPropertyRegistry registry) throws Exception {
        TestKeyStore keys = TestKeyStore.createIn(directory);
        registry.add("server.ssl.key-store", keys::location);
        registry.add("server.ssl.key-store-password", () -> TestKeyStore.PASSWORD);
    }

    @Test
    void aSelfSignedCertificateIsTrusted() {
        assertThat(this.template.getForObject("/echo", String.class)).isEqualTo("none");
    }

    @Test
    void cookiesCanBeSwitchedOn() {
        TestRestTemplate withCookies = this.template.withCookieHandling(HttpCookieHandling.ENABLE);
        withCookies.getForObject("/echo", String.class);
        assertThat(withCookies.getForObject("/echo", String.class)).isEqualTo("session=1");
    }

    @Test
    void withCredentialsItIsTheSame() {
        assertThat(this.template.withBasicAuth("user", "password").getForObject("/echo", String.class))
                .isEqualTo("none");
    }

    @Test
    void theClientsOfTheApplicationStayOurs(@Autowired RestTemplateBuilder builder) {
        assertThat(builder.requestFactoryBuilder()).isInstanceOf(EvenkeelRequestFactoryBuilder.class);
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        @Bean
        RouterFunction<ServerResponse> echo() {
            return RouterFunctions.route()
                    .GET(
                            "/echo",
                            request -> ServerResponse.ok()
                                    .header(HttpHeaders.SET_COOKIE, "session=1")
                                    .body(request.headers().header(HttpHeaders.COOKIE).stream()
                                            .findFirst()
                                            .orElse("none")))
                    .build();
        }
    }
}

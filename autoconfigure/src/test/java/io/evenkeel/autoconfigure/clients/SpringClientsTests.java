// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.WebServer;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** All of Spring's clients come from the one builder, and what the application says about them stays. */
public class SpringClientsTests {

    private static final List<String> CALLED = new ArrayList<>();

    private final WebServer server = WebServer.http();

    @AfterEach
    void closeServer() {
        this.server.close();
        CALLED.clear();
    }

    // With Spring Boot's own builder the cookie would come back.
    @Test
    void restClientIsOurs() {
        Contexts.plain()
                .run(context -> sendsNoCookie(
                        get(context.getBean(RestClient.Builder.class).build())));
    }

    @Test
    void restClientOfAReactiveApplicationIsOurs() {
        Contexts.reactive()
                .run(context -> sendsNoCookie(
                        get(context.getBean(RestClient.Builder.class).build())));
    }

    @Test
    void restTemplateIsOurs() {
        Contexts.plain().run(context -> {
            RestTemplate template = context.getBean(RestTemplateBuilder.class).build();
            sendsNoCookie(path -> template.getForObject(this.server.url(path), String.class));
        });
    }

    @Test
    void httpServicesAreOurs() {
        Contexts.plain()
                .withUserConfiguration(Services.class)
                .withPropertyValues("spring.http.serviceclient.greetings.base-url=" + this.server.url(""))
                .run(context -> {
                    Greetings greetings = context.getBean(Greetings.class);
                    sendsNoCookie(path -> path.equals("/cookie") ? greetings.cookie() : greetings.hello());
                });
    }

    @Test
    void httpServicesOfAReactiveApplicationAreOurs() {
        Contexts.reactive()
                .withUserConfiguration(Services.class)
                .withPropertyValues("spring.http.serviceclient.greetings.base-url=" + this.server.url(""))
                .run(context -> {
                    Greetings greetings = context.getBean(Greetings.class);
                    sendsNoCookie(path -> path.equals("/cookie") ? greetings.cookie() : greetings.hello());
                });
    }

    @Test
    void settingsOfAServiceGroupKeepTheirEffect() {
        Contexts.plain()
                .withUserConfiguration(Services.class)
                .withPropertyValues(
                        "spring.http.serviceclient.greetings.base-url=" + this.server.url(""),
                        "spring.http.serviceclient.greetings.read-timeout=200ms",
                        "spring.http.serviceclient.greetings.cookie-handling=enable")
                .run(context -> {
                    Greetings greetings = context.getBean(Greetings.class);
                    greetings.cookie();
                    greetings.hello();
                    assertThat(this.server.lastRequest().cookie()).isEqualTo("session=1");
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(greetings::slow)
                            .withCauseInstanceOf(SocketTimeoutException.class);
                });
    }

    @Test
    void customizersOfSpringBootsBuilderKeepTheirEffectAndTheirOrder() {
        Contexts.plain().withUserConfiguration(BuilderCustomizers.class).run(context -> {
            assertThat(get(context.getBean(RestClient.class)).apply("/hello")).isEqualTo("hello");
            assertThat(this.server.lastRequest().userAgent()).isEqualTo("second");
            assertThat(CALLED).containsExactly("first", "second");
        });
    }

    @Test
    void aCustomizerOfRestClientKeepsItsEffect() {
        Contexts.plain()
                .withBean(RestClientCustomizer.class, () -> builder -> builder.defaultHeader("X-Test", "customized"))
                .run(context -> {
                    assertThat(get(context.getBean(RestClient.class)).apply("/hello"))
                            .isEqualTo("hello");
                    assertThat(this.server.lastRequest().test()).isEqualTo("customized");
                });
    }

    @Test
    void aBuilderOfTheApplicationStaysAsItIs() {
        RestClient.Builder own = RestClient.builder().defaultHeader("X-Test", "own");
        Contexts.plain().withBean(RestClient.Builder.class, () -> own).run(context -> {
            assertThat(context.getBean(RestClient.Builder.class)).isSameAs(own);
            assertThat(get(context.getBean(RestClient.class)).apply("/hello")).isEqualTo("hello");
            assertThat(this.server.lastRequest().test()).isEqualTo("own");
        });
    }

    @Test
    void severalRestClientsOfTheApplicationDoNotClashWithOurs() {
        RestClient one = RestClient.create();
        RestClient other = RestClient.create();
        Contexts.plain()
                .withBean("one", RestClient.class, () -> one)
                .withBean("other", RestClient.class, () -> other)
                .run(context ->
                        assertThat(context.getBeansOfType(RestClient.class)).containsOnlyKeys("one", "other"));
    }

    private Function<String, String> get(RestClient client) {
        return path -> client.get().uri(this.server.url(path)).retrieve().body(String.class);
    }

    private void sendsNoCookie(Function<String, String> client) {
        assertThat(client.apply("/cookie")).isEqualTo("hello");
        assertThat(client.apply("/hello")).isEqualTo("hello");
        assertThat(this.server.requests()).hasSize(2);
        assertThat(this.server.lastRequest().cookie()).isNull();
    }

    interface Greetings {

        @GetExchange("/hello")
        String hello();

        @GetExchange("/cookie")
        String cookie();

        @GetExchange("/slow")
        String slow();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "greetings", types = Greetings.class)
    public static class Services {}

    @Configuration(proxyBeanMethods = false)
    static class BuilderCustomizers {

        @Bean
        @Order(2)
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> second() {
            return builder -> builder.withHttpClientCustomizer(client -> {
                CALLED.add("second");
                client.setUserAgent("second");
            });
        }

        @Bean
        @Order(1)
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> first() {
            return builder -> builder.withHttpClientCustomizer(client -> {
                CALLED.add("first");
                client.setUserAgent("first");
            });
        }

        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<JdkClientHttpRequestFactoryBuilder> ofAnotherLibrary() {
            return builder -> {
                throw new IllegalStateException("This is no builder of the JDK's client");
            };
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.http.client.BufferingClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;

/** What the log says of clients that use Apache HttpClient without Evenkeel. */
@ExtendWith(OutputCaptureExtension.class)
class ForeignClientsTests {

    private static final String START = "not carried, since Spring Boot's builders did not make them: ";

    @ParameterizedTest
    @ValueSource(classes = {Plain.class, Apache.class, OwnHttpClient.class, Intercepted.class, Buffered.class})
    void aTemplateThatSpringBootDidNotMakeIsNamedOnce(Class<?> configuration, CapturedOutput output) {
        Contexts.plain().withUserConfiguration(configuration).run(context -> {
            context.publishEvent(new ContextRefreshedEvent(context.getSourceApplicationContext()));
            assertThat(output.toString().split(START, -1)).hasSize(2);
            assertThat(output).contains(START + "RestTemplate bean 'own'. ").contains("injected RestTemplateBuilder");
        });
    }

    @Test
    void allAreNamedInOneLine(CapturedOutput output) {
        Contexts.plain()
                .withUserConfiguration(Plain.class, Factory.class)
                .run(context -> assertThat(output)
                        .contains(START + "ClientHttpRequestFactory bean 'factory', RestTemplate bean 'own'. "));
    }

    @ParameterizedTest
    @ValueSource(classes = {Built.class, BuiltAndIntercepted.class, BuiltFactory.class, Jdk.class, Simple.class})
    void nothingIsSaidOfOthers(Class<?> configuration, CapturedOutput output) {
        Contexts.plain().withUserConfiguration(configuration).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).contains("Evenkeel carries").doesNotContain(START);
        });
    }

    @Test
    void aCustomizedTemplateOfSpringBootIsNotNamed(CapturedOutput output) {
        Contexts.plain()
                .withUserConfiguration(Built.class, OwnConnections.class)
                .run(context -> assertThat(output)
                        .contains("keeps the connection manager that a customizer has set")
                        .doesNotContain(START));
    }

    @Test
    void aLazyBeanIsNotMadeForIt(CapturedOutput output) {
        Contexts.plain().withUserConfiguration(LazyPlain.class).run(context -> {
            assertThat(output).doesNotContain(START);
            assertThat(context.getBeanFactory().containsSingleton("own")).isFalse();
        });
    }

    @Test
    void whatAChildContextBuildsWithTheParentsBuilderIsNotNamed(CapturedOutput output) {
        Contexts.plain()
                .run(parent -> Contexts.plain()
                        .withParent(parent)
                        .withUserConfiguration(Built.class)
                        .run(child -> assertThat(output)
                                .contains("settings of its parent context")
                                .doesNotContain(START)));
    }

    @Test
    void aChildContextNamesItsOwn(CapturedOutput output) {
        Contexts.plain()
                .run(parent -> Contexts.plain()
                        .withParent(parent)
                        .withUserConfiguration(Plain.class)
                        .run(child -> assertThat(output).contains(START + "RestTemplate bean 'own'. ")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"evenkeel.enabled=false", "spring.http.clients.imperative.factory=jdk"})
    void nothingIsSaidWhereNothingIsCarried(String property, CapturedOutput output) {
        Contexts.plain()
                .withUserConfiguration(Apache.class)
                .withPropertyValues(property)
                .run(context -> assertThat(output).doesNotContain(START));
    }

    @Configuration(proxyBeanMethods = false)
    static class Plain {

        @Bean
        RestTemplate own() {
            return new RestTemplate(new HttpComponentsClientHttpRequestFactory());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Apache {

        @Bean
        RestTemplate own() {
            return new RestTemplate(
                    ClientHttpRequestFactoryBuilder.httpComponents().build());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnHttpClient {

        @Bean
        RestTemplate own() {
            return new RestTemplate(new HttpComponentsClientHttpRequestFactory(HttpClients.createMinimal()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Intercepted {

        @Bean
        RestTemplate own() {
            RestTemplate template = new RestTemplate(new HttpComponentsClientHttpRequestFactory());
            template.getInterceptors().add((request, body, execution) -> execution.execute(request, body));
            return template;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Buffered {

        @Bean
        RestTemplate own() {
            return new RestTemplate(
                    new BufferingClientHttpRequestFactory(new HttpComponentsClientHttpRequestFactory()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyPlain {

        @Bean
        @Lazy
        RestTemplate own() {
            return new RestTemplate(new HttpComponentsClientHttpRequestFactory());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Factory {

        @Bean
        ClientHttpRequestFactory factory() {
            return new HttpComponentsClientHttpRequestFactory();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Built {

        @Bean
        RestTemplate own(RestTemplateBuilder builder) {
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BuiltAndIntercepted {

        @Bean
        RestTemplate own(RestTemplateBuilder builder) {
            return builder.interceptors((request, body, execution) -> execution.execute(request, body))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BuiltFactory {

        @Bean
        ClientHttpRequestFactory factory(ClientHttpRequestFactoryBuilder<?> builder) {
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Jdk {

        @Bean
        RestTemplate own() {
            return new RestTemplate(new JdkClientHttpRequestFactory());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Simple {

        @Bean
        RestTemplate own() {
            return new RestTemplate(new SimpleClientHttpRequestFactory());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnConnections {

        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> ownConnections() {
            return builder -> builder.withHttpClientCustomizer(
                    client -> client.setConnectionManager(new BasicHttpClientConnectionManager()));
        }
    }
}

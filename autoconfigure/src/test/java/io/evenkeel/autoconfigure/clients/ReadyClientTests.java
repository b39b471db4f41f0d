// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.web.client.RestClient;

/** The ready client is made of a builder that is for all, and never of one that is for those who ask for it. */
@ExtendWith(OutputCaptureExtension.class)
class ReadyClientTests {

    private static final String AS_SPRING_BOOT = "the RestClient without a name is made as Spring Boot makes one";

    @ParameterizedTest
    @ValueSource(classes = {Balanced.class, Named.class, BalancedAndPrimary.class, TwoForAll.class})
    void aBuilderThatIsNotForAllIsLeftAside(Class<?> configuration, CapturedOutput output) {
        Contexts.plain().withUserConfiguration(configuration).run(context -> {
            assertThat(isIntercepted(context.getBean(RestClient.class))).isFalse();
            assertThat(output).contains(AS_SPRING_BOOT);
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {Own.class, BalancedBesideOwn.class, PrimaryBesideOwn.class, FallbackBesideOwn.class})
    void aBuilderOfTheApplicationThatIsForAllIsUsedAndNamed(Class<?> configuration, CapturedOutput output) {
        Contexts.plain().withUserConfiguration(configuration).run(context -> {
            assertThat(isIntercepted(context.getBean(RestClient.class))).isTrue();
            assertThat(output)
                    .contains(
                            "the RestClient without a name is made of the application's own RestClient.Builder, bean 'own'");
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {Object.class, NotByType.class})
    void nothingIsSaidOfSpringBootsBuilder(Class<?> configuration, CapturedOutput output) {
        Contexts.plain().withUserConfiguration(configuration).run(context -> {
            assertThat(isIntercepted(context.getBean(RestClient.class))).isFalse();
            assertThat(output).doesNotContain("the RestClient without a name");
        });
    }

    @Test
    void customizersOfTheApplicationApplyWhenItsBuilderIsLeftAside() {
        Contexts.plain()
                .withUserConfiguration(Balanced.class)
                .withBean(
                        RestClientCustomizer.class,
                        () -> builder -> builder.requestInterceptor((request, body, execution) -> {
                            throw new IOException("intercepted");
                        }))
                .run(context -> assertThat(isIntercepted(context.getBean(RestClient.class)))
                        .isTrue());
    }

    private static boolean isIntercepted(RestClient client) {
        boolean[] intercepted = new boolean[1];
        client.mutate().requestInterceptors(interceptors -> intercepted[0] = !interceptors.isEmpty());
        return intercepted[0];
    }

    private static RestClient.Builder intercepted() {
        return RestClient.builder().requestInterceptor((request, body, execution) -> {
            throw new IOException("intercepted");
        });
    }

    /** As Spring Cloud's. */
    @Qualifier
    @Retention(RetentionPolicy.RUNTIME)
    @interface LoadBalanced {}

    @Configuration(proxyBeanMethods = false)
    static class Balanced {

        @Bean
        @LoadBalanced
        RestClient.Builder balanced() {
            return intercepted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Named {

        @Bean
        @Qualifier("internal")
        RestClient.Builder named() {
            return intercepted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class NotByType {

        @Bean(defaultCandidate = false)
        RestClient.Builder notByType() {
            return intercepted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BalancedAndPrimary {

        @Bean
        @Primary
        @LoadBalanced
        RestClient.Builder balanced() {
            return intercepted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoForAll {

        @Bean
        RestClient.Builder one() {
            return intercepted();
        }

        @Bean
        RestClient.Builder two() {
            return intercepted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Own {

        @Bean
        @Scope("prototype")
        RestClient.Builder own() {
            return intercepted();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BalancedBesideOwn extends Own {

        @Bean
        @LoadBalanced
        RestClient.Builder balanced() {
            return RestClient.builder();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryBesideOwn {

        @Bean
        @Primary
        RestClient.Builder own() {
            return intercepted();
        }

        @Bean
        RestClient.Builder other() {
            return RestClient.builder();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FallbackBesideOwn extends Own {

        @Bean
        @Fallback
        RestClient.Builder other() {
            return RestClient.builder();
        }
    }
}

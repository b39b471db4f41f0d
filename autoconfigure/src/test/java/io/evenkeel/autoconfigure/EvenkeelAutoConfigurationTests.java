// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.client.ClientOptions;
import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import io.evenkeel.transport.ConnectionPools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.RestClient;

class EvenkeelAutoConfigurationTests {

    @Test
    void oneBuilderServesAllClientsOfAPlainApplication() {
        Contexts.plain().run(context -> {
            assertThat(context).hasSingleBean(ClientHttpRequestFactoryBuilder.class);
            assertThat(context).hasSingleBean(EvenkeelRequestFactoryBuilder.class);
            assertThat(context).hasSingleBean(ConnectionPools.class);
            assertThat(builderOf(context.getBean(RestTemplateBuilder.class)))
                    .isSameAs(context.getBean(EvenkeelRequestFactoryBuilder.class));
        });
    }

    @Test
    void oneBuilderServesAllClientsOfAServletApplication() {
        Contexts.servlet().run(context -> {
            assertThat(context).hasSingleBean(EvenkeelRequestFactoryBuilder.class);
            assertThat(builderOf(context.getBean(RestTemplateBuilder.class)))
                    .isSameAs(context.getBean(EvenkeelRequestFactoryBuilder.class));
        });
    }

    @Test
    void oneBuilderServesTheRestClientOfAReactiveApplication() {
        Contexts.reactive().run(context -> {
            assertThat(context).hasSingleBean(EvenkeelRequestFactoryBuilder.class);
            assertThat(context).hasSingleBean(RestClient.class);
            Object configurer = context.getBean("restClientBuilderConfigurer");
            assertThat(ReflectionTestUtils.getField(configurer, "requestFactoryBuilder"))
                    .isSameAs(context.getBean(EvenkeelRequestFactoryBuilder.class));
        });
    }

    @Test
    void theDefaultsOfThePropertiesAreTheDefaultsOfThePool() {
        Contexts.plain()
                .run(context -> assertThat(context.getBean(ClientOptions.class)).isEqualTo(ClientOptions.DEFAULTS));
    }

    @Test
    void thereIsAReadyRestClient() {
        Contexts.plain().run(context -> assertThat(context).hasSingleBean(RestClient.class));
    }

    @Test
    void theReadyRestClientGivesWayToThatOfTheApplication() {
        RestClient own = RestClient.create();
        Contexts.plain()
                .withBean("own", RestClient.class, () -> own)
                .run(context -> assertThat(context.getBean(RestClient.class)).isSameAs(own));
    }

    @Test
    void theReadyRestClientIsMadeByTheBuilderOfTheApplication() {
        RestClient built = RestClient.create();
        RestClient.Builder builder = mock(RestClient.Builder.class);
        given(builder.build()).willReturn(built);
        Contexts.plain()
                .withBean("own", RestClient.Builder.class, () -> builder)
                .run(context -> assertThat(context.getBean(RestClient.class)).isSameAs(built));
    }

    @Test
    void aBuilderOfTheApplicationIsLeftAlone() {
        Contexts.plain().withUserConfiguration(OwnBuilder.class).run(context -> {
            assertThat(context).doesNotHaveBean(EvenkeelRequestFactoryBuilder.class);
            assertThat(context).doesNotHaveBean(ConnectionPools.class);
            assertThat(context).hasSingleBean(ClientHttpRequestFactoryBuilder.class);
            assertThat(context).hasSingleBean(RestClient.class);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "JDK", "simple", "reactor"})
    void anotherClientLibraryIsLeftAlone(String factory) {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.imperative.factory=" + factory)
                .run(context -> {
                    assertThat(context).doesNotHaveBean(EvenkeelRequestFactoryBuilder.class);
                    assertThat(context).doesNotHaveBean(ConnectionPools.class);
                    assertThat(context).hasSingleBean(ClientHttpRequestFactoryBuilder.class);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"http-components", "HTTP_COMPONENTS", "httpcomponents"})
    void askingForApacheHttpClientByNameIsWhatEvenkeelNeeds(String factory) {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.imperative.factory=" + factory)
                .run(context -> assertThat(context).hasSingleBean(EvenkeelRequestFactoryBuilder.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", "no", "off", "0"})
    void disabledItLeavesNoTraceInTransportAndShutdown(String enabled) {
        Contexts.plain().withPropertyValues("evenkeel.enabled=" + enabled).run(context -> {
            assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class))
                    .isInstanceOf(HttpComponentsClientHttpRequestFactoryBuilder.class);
            assertThat(context)
                    .doesNotHaveBean(ConnectionPools.class)
                    .doesNotHaveBean(EvenkeelProperties.class)
                    .doesNotHaveBean("evenkeelGracefulShutdown");
        });
    }

    @Test
    void disabledItDoesNotJudgeItsKeys() {
        Contexts.plain()
                .withPropertyValues("evenkeel.enabled=false", "evenkeel.pool.max-size=-1", "evenkeel.nonsense=1")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aMisspeltSwitchStopsTheStart() {
        Contexts.plain()
                .withPropertyValues("evenkeel.enabled=ture")
                .run(context -> assertThat(context).getFailure().hasMessageContaining("ture"));
    }

    @Test
    void withoutApacheHttpClientItLeavesTheClientsAlone() {
        Contexts.plain()
                .withClassLoader(new FilteredClassLoader("org.apache.hc"))
                .run(context -> {
                    assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class))
                            .isInstanceOf(
                                    ClientHttpRequestFactoryBuilder.detect(new FilteredClassLoader("org.apache.hc"))
                                            .getClass());
                    assertThat(context.getBeanDefinitionNames())
                            .filteredOn(name -> name.contains("evenkeel"))
                            .allMatch(name -> name.matches(".*(Shutdown|Executor|Properties|Settings).*"));
                });
    }

    @Test
    void withoutMicrometerItWorks() {
        Contexts.plain()
                .withClassLoader(new FilteredClassLoader("io.micrometer.core"))
                .run(context -> assertThat(context).hasSingleBean(EvenkeelRequestFactoryBuilder.class));
    }

    @Test
    void withoutSpringBootsRestClientModuleTheBuilderIsThere() {
        Contexts.withoutRestClientModule()
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.restclient"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context).hasSingleBean(EvenkeelRequestFactoryBuilder.class);
                    assertThat(context).doesNotHaveBean(RestClient.class);
                });
    }

    @Test
    void withoutRestClientTheBuilderIsThere() {
        Contexts.plain()
                .withClassLoader(new FilteredClassLoader(RestClient.class))
                .run(context -> assertThat(context).hasSingleBean(EvenkeelRequestFactoryBuilder.class));
    }

    @Test
    void theRequestFactoryBeanComesFromTheBuilder() {
        Contexts.plain().run(context -> assertThat(context).hasSingleBean(ClientHttpRequestFactory.class));
    }

    @Test
    void itWorksWithLazyInitialization() {
        Contexts.plain()
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> assertThat(context).hasSingleBean(EvenkeelRequestFactoryBuilder.class));
    }

    private static Object builderOf(RestTemplateBuilder builder) {
        return builder.requestFactoryBuilder();
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBuilder {

        @Bean
        ClientHttpRequestFactoryBuilder<?> ownBuilder() {
            return ClientHttpRequestFactoryBuilder.simple();
        }
    }
}

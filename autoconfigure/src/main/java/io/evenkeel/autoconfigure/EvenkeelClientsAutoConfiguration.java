// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.micrometer.observation.ObservationFilter;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration of the clients below {@code evenkeel.clients}, each a {@link RestClient} bean, and of the HTTP
 * service groups of these names. It works without pools too, so that an application that injects a client keeps starting
 * when it changes the client library, when it switches Evenkeel off, and in a test slice.
 */
@AutoConfiguration(
        after = EvenkeelAutoConfiguration.class,
        afterName = "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration")
@ConditionalOnClass(
        value = {RestClient.class, RestClientCustomizer.class, HttpClientProperties.class},
        name = "org.apache.hc.client5.http.impl.classic.HttpClients")
@Import({SettingsConfiguration.class, ClientConfiguration.class, ClientRegistrar.class})
@ImportRuntimeHints(ClientRuntimeHints.class)
public final class EvenkeelClientsAutoConfiguration {

    EvenkeelClientsAutoConfiguration() {}

    @Bean
    static ClientCandidates evenkeelClientCandidates() {
        return new ClientCandidates();
    }

    @Bean
    ClientFactory evenkeelClientFactory(
            Settings settings,
            ClientRequestFactories requestFactories,
            ObjectProvider<RestClientCustomizer> customizers) {
        return new ClientFactory(settings, requestFactories, customizers);
    }

    @Bean
    ClientBeans evenkeelNamedClients(BeanFactory beanFactory, ClientFactory factory, Settings settings) {
        return new ClientBeans(beanFactory, factory, settings);
    }

    @Bean
    ClientGroupConfigurer evenkeelClientGroupConfigurer(
            Settings settings, ClientFactory factory, ObjectProvider<BaseUrls> baseUrls) {
        return new ClientGroupConfigurer(settings, factory, baseUrls);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = OnEvenkeelEnabledCondition.KEY, havingValue = false)
    static class SwitchedOffConfiguration {

        @Bean
        SwitchedOffReport evenkeelSwitchedOffReport(ApplicationContext context, ClientReport clients) {
            return new SwitchedOffReport(context, clients);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationFilter.class)
    static class ObservationConfiguration {

        @Bean
        ClientNameObservationFilter evenkeelClientNameObservationFilter() {
            return new ClientNameObservationFilter();
        }
    }
}

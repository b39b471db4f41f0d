// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.Settings;
import io.micrometer.observation.ObservationFilter;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;

/** The clients below {@code evenkeel.clients}, and what makes and finds them. */
@Configuration(proxyBeanMethods = false)
@Import({ClientRequestFactories.class, ClientRegistrar.class})
@ImportRuntimeHints(ClientRuntimeHints.class)
public class NamedClientsConfiguration {

    NamedClientsConfiguration() {}

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
    @ConditionalOnClass(ObservationFilter.class)
    static class ObservationConfiguration {

        @Bean
        ClientNameObservationFilter evenkeelClientNameObservationFilter() {
            return new ClientNameObservationFilter();
        }
    }
}

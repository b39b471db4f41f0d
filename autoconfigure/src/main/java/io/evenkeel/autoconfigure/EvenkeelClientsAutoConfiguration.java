// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.client.SslContexts;
import io.evenkeel.transport.ConnectionPools;
import io.micrometer.observation.ObservationFilter;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
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
@Import({SettingsConfiguration.class, ClientRegistrar.class})
@ImportRuntimeHints(ClientRuntimeHints.class)
public final class EvenkeelClientsAutoConfiguration {

    EvenkeelClientsAutoConfiguration() {}

    @Bean
    static ClientCandidates evenkeelClientCandidates() {
        return new ClientCandidates();
    }

    @Bean
    ClientCatalog evenkeelClientCatalog(Environment environment) {
        return new ClientCatalog(environment);
    }

    @Bean
    ClientRequestFactories evenkeelClientRequestFactories(
            ObjectProvider<ConnectionPools> pools,
            ObjectProvider<SslContexts> sslContexts,
            ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers,
            ObjectProvider<ClientHttpRequestFactoryBuilder<?>> builder,
            ObjectProvider<HttpClientSettings> settings,
            ObjectProvider<InetAddressFilter> addressFilters,
            ObjectProvider<SslBundles> sslBundles) {
        return new ClientRequestFactories(
                pools, sslContexts, customizers, builder, settings, addressFilters, sslBundles.getIfAvailable());
    }

    @Bean
    ClientFactory evenkeelClientFactory(
            ClientCatalog catalog,
            ClientRequestFactories requestFactories,
            ObjectProvider<RestClientCustomizer> customizers) {
        return new ClientFactory(catalog, requestFactories, customizers);
    }

    @Bean
    ClientBeans evenkeelNamedClients(BeanFactory beanFactory, ClientFactory factory, ClientCatalog catalog) {
        return new ClientBeans(beanFactory, factory, catalog);
    }

    @Bean
    ClientGroupConfigurer evenkeelClientGroupConfigurer(
            ClientCatalog catalog, ClientFactory factory, ObjectProvider<BaseUrls> baseUrls) {
        return new ClientGroupConfigurer(catalog, factory, baseUrls);
    }

    @Bean
    ClientReport evenkeelClientReport(
            ApplicationContext context, ClientCatalog catalog, ClientRequestFactories requestFactories) {
        return new ClientReport(context, catalog, requestFactories);
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

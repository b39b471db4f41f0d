// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.client.SslContexts;
import io.evenkeel.transport.ConnectionPools;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What clients without and with a name have in common. */
@Configuration(proxyBeanMethods = false)
class ClientConfiguration {

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
}

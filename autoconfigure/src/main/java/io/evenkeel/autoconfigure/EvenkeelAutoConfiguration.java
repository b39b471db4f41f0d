// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.client.ClientOptions;
import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import io.evenkeel.client.SslContexts;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.transport.ConnectionPools;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of Evenkeel: the one {@link ClientHttpRequestFactoryBuilder} that all of Spring's blocking HTTP
 * clients are built with.
 *
 * <p>It stands back if {@code evenkeel.enabled} is false, if Apache HttpClient is not on the class path, if
 * {@code spring.http.clients.imperative.factory} asks for another library, and if the application has a builder of its
 * own. Clients with a name have the pools in that case too.
 */
@ImportRuntimeHints(EvenkeelVersion.class)
@AutoConfiguration(
        after = {SslAutoConfiguration.class, HttpClientAutoConfiguration.class},
        before = ImperativeHttpClientAutoConfiguration.class,
        beforeName = "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration")
@ConditionalOnClass(
        value = ClientHttpRequestFactoryBuilder.class,
        name = "org.apache.hc.client5.http.impl.classic.HttpClients")
@Conditional(OnEvenkeelEnabledCondition.class)
@Import({SettingsConfiguration.class, ClientConfiguration.class})
public final class EvenkeelAutoConfiguration {

    EvenkeelAutoConfiguration() {}

    @Bean
    ClientOptions evenkeelClientOptions(Settings settings) {
        return EvenkeelSettingsMapper.map(settings.defaultClient());
    }

    @Bean
    BaseUrls evenkeelBaseUrls(Environment environment) {
        return new BaseUrls(environment);
    }

    @Bean
    StartupReport evenkeelStartupReport(ApplicationContext context, ClientReport clients) {
        return new StartupReport(context, clients);
    }

    // A parent context that has pools shares them: its builder serves here too, and a client has one pool, not two.
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(ConnectionPools.class)
    @Conditional({OnHttpComponentsFactoryCondition.class, OnPoolsUsedCondition.class})
    static class PoolConfiguration {

        @Bean
        static ConnectionPoolsOwner evenkeelConnectionPoolsOwner() {
            return new ConnectionPoolsOwner();
        }

        // Closed by its owner, later than the container would.
        @Bean(destroyMethod = "")
        ConnectionPools evenkeelConnectionPools(ConnectionPoolsOwner owner) {
            return owner.pools();
        }

        @Bean
        ListenerActivation evenkeelListenerActivation(
                ConnectionPoolsOwner owner, ObjectProvider<ConnectionListener> listeners) {
            return new ListenerActivation(owner.relay(), listeners);
        }

        @Bean
        SslContexts evenkeelSslContexts(
                ConnectionPools pools, ConnectionPoolsOwner owner, ObjectProvider<SslBundles> bundles) {
            return new SslContexts(pools, owner.relay(), bundles.getIfAvailable());
        }

        @Bean
        @ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
        EvenkeelRequestFactoryBuilder evenkeelRequestFactoryBuilder(
                ConnectionPools pools,
                SslContexts sslContexts,
                ClientOptions options,
                BaseUrls baseUrls,
                ObjectProvider<InetAddressFilter> addressFilters,
                ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
            ProxyFilterRule.check(options, addressFilters);
            return new EvenkeelRequestFactoryBuilder(
                    pools, sslContexts, options, customizers.orderedStream().toList(), baseUrls::remedy);
        }
    }
}

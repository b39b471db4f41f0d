// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import io.evenkeel.autoconfigure.clients.BaseUrls;
import io.evenkeel.autoconfigure.clients.ClientRequestFactories;
import io.evenkeel.client.ClientOptions;
import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import io.evenkeel.client.SslContexts;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.transport.ConnectionPools;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * The pools of all clients, and the builder of the client without a name. A parent context that has pools shares them: its
 * builder serves here too, and a client has one pool, not two.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(ConnectionPools.class)
@Conditional({OnHttpComponentsFactoryCondition.class, OnPoolsUsedCondition.class})
public class PoolsConfiguration {

    PoolsConfiguration() {}

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
            ClientRequestFactories requestFactories, ClientOptions options, BaseUrls baseUrls) {
        return requestFactories.ofDefault(options, baseUrls::remedy);
    }
}

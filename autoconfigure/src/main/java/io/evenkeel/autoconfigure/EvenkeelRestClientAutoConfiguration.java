// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.clients.ReadyClientSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration of a ready {@link RestClient}, made from the application's {@link RestClient.Builder}. It depends
 * on the builder only, so that an application that injects it keeps starting when it changes the client library, when it
 * switches Evenkeel off, and in a test slice.
 */
@AutoConfiguration(
        after = EvenkeelAutoConfiguration.class,
        afterName = "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration")
@ConditionalOnClass(value = RestClient.class, name = "org.apache.hc.client5.http.impl.classic.HttpClients")
public final class EvenkeelRestClientAutoConfiguration {

    EvenkeelRestClientAutoConfiguration() {}

    /**
     * Lazy, because a mock server binds to every client that is built, and cannot tell which of two is meant.
     */
    @Bean(ReadyClientSource.BEAN)
    @Lazy
    @Fallback
    @ConditionalOnBean(RestClient.Builder.class)
    @ConditionalOnMissingBean(RestClient.class)
    RestClient evenkeelRestClient(ConfigurableListableBeanFactory beanFactory) {
        return new ReadyClientSource(beanFactory).builder().build();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.endpoint.EvenkeelEndpoint;
import io.evenkeel.transport.ConnectionPools;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Auto-configuration of the endpoint {@code evenkeel}, where Actuator is and exposes it. */
@AutoConfiguration(after = EvenkeelAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(ConnectionPools.class)
public final class EvenkeelEndpointAutoConfiguration {

    EvenkeelEndpointAutoConfiguration() {}

    /** Apart, as the condition itself is a class of Actuator. */
    @Configuration(proxyBeanMethods = false)
    static class EndpointConfiguration {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        EvenkeelEndpoint evenkeelEndpoint(ConnectionPools pools) {
            return new EvenkeelEndpoint(pools);
        }
    }
}

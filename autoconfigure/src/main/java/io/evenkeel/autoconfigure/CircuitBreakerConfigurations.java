// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A registry for an application that has none, and what counts its events. Imported in the order in which one asks for the other. */
final class CircuitBreakerConfigurations {

    private CircuitBreakerConfigurations() {}

    @Configuration(proxyBeanMethods = false)
    static class Registry {

        @Bean
        @ConditionalOnMissingBean
        CircuitBreakerRegistry evenkeelCircuitBreakerRegistry() {
            return CircuitBreakerRegistry.ofDefaults();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({MeterRegistry.class, TaggedCircuitBreakerMetrics.class})
    @ConditionalOnBean(name = "evenkeelCircuitBreakerRegistry")
    static class Meters {

        @Bean
        @ConditionalOnMissingBean
        TaggedCircuitBreakerMetrics evenkeelCircuitBreakerMetrics(CircuitBreakerRegistry registry) {
            return TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry);
        }
    }
}

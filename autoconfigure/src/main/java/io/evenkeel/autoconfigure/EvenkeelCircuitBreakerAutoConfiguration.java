// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.policy.breaker.BreakerSource;
import io.evenkeel.resilience4j.Resilience4jBreakers;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ConnectionPools;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration of the circuit breakers of clients, in the registry of the application if it has one. Otherwise there is
 * one, whose breakers have the meters that Resilience4j gives them.
 */
@AutoConfiguration(
        after = EvenkeelAutoConfiguration.class,
        afterName = {
            "io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration",
            "org.springframework.cloud.circuitbreaker.resilience4j.Resilience4JAutoConfiguration"
        })
@ConditionalOnClass(CircuitBreakerRegistry.class)
@ConditionalOnBean(ConnectionPools.class)
@Import({CircuitBreakerConfigurations.Registry.class, CircuitBreakerConfigurations.Meters.class})
public final class EvenkeelCircuitBreakerAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    EvenkeelCircuitBreakerAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    BreakerSource evenkeelBreakerSource(ObjectProvider<CircuitBreakerRegistry> registries, Settings settings) {
        CircuitBreakerRegistry registry = registries.getIfUnique();
        if (registry == null) {
            log.info(
                    "Circuit breakers are in a registry of their own, without meters: of the several CircuitBreakerRegistry"
                            + " beans of the application none is primary");
            registry = CircuitBreakerRegistry.ofDefaults();
        }
        int routes = Math.max(1, settings.ofAll().metrics().maxRoutes());
        return new Resilience4jBreakers(registry, routes, Ticker.SYSTEM);
    }
}

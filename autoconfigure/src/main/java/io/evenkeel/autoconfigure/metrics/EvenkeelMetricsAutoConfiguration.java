// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.metrics;

import io.evenkeel.metrics.ConnectionMeters;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ConnectionPools;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the meters of the connection pools. The bean is a binder for the registries and, at the same
 * time, the listener that the pools report to.
 */
@AutoConfiguration(
        afterName = {
            "io.evenkeel.autoconfigure.EvenkeelAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ConnectionPools.class, MeterRegistry.class})
public final class EvenkeelMetricsAutoConfiguration {

    private static final String PER_ROUTE = "evenkeel.metrics.per-route";

    private static final String MAX_ROUTES = "evenkeel.metrics.max-routes";

    // The pools are asked for late: they are made with their listeners, and this is one of them.
    @Bean
    @ConditionalOnMissingBean
    ConnectionMeters evenkeelConnectionMeters(ObjectProvider<ConnectionPools> pools, Environment environment) {
        Binder binder = Binder.get(environment);
        boolean perRoute = binder.bind(PER_ROUTE, Boolean.class).orElse(true);
        int maxRoutes = binder.bind(MAX_ROUTES, Integer.class).orElse(50);
        if (maxRoutes < 0) {
            throw new InvalidConfigurationPropertyValueException(
                    MAX_ROUTES, maxRoutes, "It must not be negative; 0 tags every route with 'other'.");
        }
        return new ConnectionMeters(() -> pools.getObject().snapshot(), perRoute, maxRoutes, Ticker.SYSTEM);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.metrics.ConnectionMeters;
import io.evenkeel.metrics.DeadlineMeters;
import io.evenkeel.metrics.TlsReloadMeters;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ConnectionPools;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the meters of the connection pools. The bean is a binder for the registries and, at the same
 * time, the listener that the pools report to.
 */
@AutoConfiguration(
        after = {EvenkeelAutoConfiguration.class, EvenkeelDeadlineAutoConfiguration.class},
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ConnectionPools.class, MeterRegistry.class})
public final class EvenkeelMetricsAutoConfiguration {

    EvenkeelMetricsAutoConfiguration() {}

    // The pools are asked for late: they are made with their listeners, and this is one of them.
    @Bean
    @ConditionalOnMissingBean
    ConnectionMeters evenkeelConnectionMeters(ObjectProvider<ConnectionPools> pools, Settings settings) {
        EvenkeelProperties.Metrics metrics = settings.ofAll().metrics();
        return new ConnectionMeters(
                () -> pools.getObject().snapshot(), metrics.perRoute(), metrics.maxRoutes(), Ticker.SYSTEM);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(type = "io.evenkeel.autoconfigure.deadline.DeadlineFilter")
    DeadlineMeters evenkeelDeadlineMeters() {
        return new DeadlineMeters();
    }

    @Bean
    @ConditionalOnMissingBean
    TlsReloadMeters evenkeelTlsReloadMeters(ObjectProvider<SslBundles> bundles) {
        SslBundles registered = bundles.getIfAvailable();
        return new TlsReloadMeters(() -> (registered != null) ? registered.getBundleNames() : List.of());
    }
}

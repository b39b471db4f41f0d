// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import io.evenkeel.autoconfigure.clients.ClientRequestFactories;
import io.evenkeel.autoconfigure.properties.Settings;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;

/** The report of what Evenkeel carries. */
@Configuration(proxyBeanMethods = false)
@ImportRuntimeHints(EvenkeelVersion.class)
public class StartupReportConfiguration {

    StartupReportConfiguration() {}

    @Bean
    ClientReport evenkeelClientReport(
            ApplicationContext context, Settings settings, ClientRequestFactories requestFactories) {
        return new ClientReport(context, settings, requestFactories);
    }

    @Bean
    StartupReport evenkeelStartupReport(ApplicationContext context, Settings settings, ClientReport clients) {
        return new StartupReport(context, settings, clients);
    }
}

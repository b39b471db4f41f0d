// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;

/** The report of what Evenkeel carries. */
@Configuration(proxyBeanMethods = false)
@Import(ClientReportConfiguration.class)
@ImportRuntimeHints(EvenkeelVersion.class)
public class StartupReportConfiguration {

    StartupReportConfiguration() {}

    @Bean
    StartupReport evenkeelStartupReport(ApplicationContext context, ClientReport clients) {
        return new StartupReport(context, clients);
    }
}

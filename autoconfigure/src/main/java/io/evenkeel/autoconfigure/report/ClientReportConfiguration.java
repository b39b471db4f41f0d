// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import io.evenkeel.autoconfigure.clients.ClientRequestFactories;
import io.evenkeel.autoconfigure.properties.Settings;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What both reports say of clients. */
@Configuration(proxyBeanMethods = false)
class ClientReportConfiguration {

    @Bean
    ClientReport evenkeelClientReport(
            ApplicationContext context, Settings settings, ClientRequestFactories requestFactories) {
        return new ClientReport(context, settings, requestFactories);
    }
}

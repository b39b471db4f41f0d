// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The report of what is left of the clients with a name while Evenkeel is switched off. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = OnEvenkeelEnabledCondition.KEY, havingValue = false)
@Import(ClientReportConfiguration.class)
public class SwitchedOffReportConfiguration {

    SwitchedOffReportConfiguration() {}

    @Bean
    SwitchedOffReport evenkeelSwitchedOffReport(ApplicationContext context, ClientReport clients) {
        return new SwitchedOffReport(context, clients);
    }
}

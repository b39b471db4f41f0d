// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.clients.NamedClientsConfiguration;
import io.evenkeel.autoconfigure.report.SwitchedOffReportConfiguration;
import io.evenkeel.autoconfigure.validation.SettingsConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration of the clients below {@code evenkeel.clients}, each a {@link RestClient} bean, and of the HTTP
 * service groups of these names. It works without pools too, so that an application that injects a client keeps starting
 * when it changes the client library, when it switches Evenkeel off, and in a test slice.
 */
@AutoConfiguration(
        after = EvenkeelAutoConfiguration.class,
        afterName = "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration")
@ConditionalOnClass(
        value = {RestClient.class, RestClientCustomizer.class, HttpClientProperties.class},
        name = "org.apache.hc.client5.http.impl.classic.HttpClients")
@Import({SettingsConfiguration.class, NamedClientsConfiguration.class, SwitchedOffReportConfiguration.class})
public final class EvenkeelClientsAutoConfiguration {

    EvenkeelClientsAutoConfiguration() {}
}

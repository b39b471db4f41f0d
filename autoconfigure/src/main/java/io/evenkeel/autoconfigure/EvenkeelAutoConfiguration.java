// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.clients.DefaultClientConfiguration;
import io.evenkeel.autoconfigure.pools.PoolsConfiguration;
import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import io.evenkeel.autoconfigure.report.StartupReport;
import io.evenkeel.autoconfigure.validation.SettingsConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration of Evenkeel: the one {@link ClientHttpRequestFactoryBuilder} that all of Spring's blocking HTTP
 * clients are built with.
 *
 * <p>It stands back if {@code evenkeel.enabled} is false, if Apache HttpClient is not on the class path, if
 * {@code spring.http.clients.imperative.factory} asks for another library, and if the application has a builder of its
 * own. Clients with a name have the pools in that case too.
 */
@AutoConfiguration(
        after = {SslAutoConfiguration.class, HttpClientAutoConfiguration.class},
        before = ImperativeHttpClientAutoConfiguration.class,
        beforeName = "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration")
@ConditionalOnClass(
        value = ClientHttpRequestFactoryBuilder.class,
        name = "org.apache.hc.client5.http.impl.classic.HttpClients")
@Conditional(OnEvenkeelEnabledCondition.class)
@Import({SettingsConfiguration.class, DefaultClientConfiguration.class, PoolsConfiguration.class, StartupReport.class})
public final class EvenkeelAutoConfiguration {

    EvenkeelAutoConfiguration() {}
}

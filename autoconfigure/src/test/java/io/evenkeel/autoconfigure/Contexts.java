// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** Application contexts with all that Spring Boot configures around HTTP clients. */
public final class Contexts {

    private static final AutoConfigurations HTTP_CLIENTS = AutoConfigurations.of(
            SslAutoConfiguration.class,
            TaskExecutionAutoConfiguration.class,
            HttpMessageConvertersAutoConfiguration.class,
            HttpClientAutoConfiguration.class,
            ImperativeHttpClientAutoConfiguration.class,
            HttpServiceClientPropertiesAutoConfiguration.class,
            RestClientAutoConfiguration.class,
            RestTemplateAutoConfiguration.class,
            HttpServiceClientAutoConfiguration.class,
            EvenkeelAutoConfiguration.class,
            EvenkeelCircuitBreakerAutoConfiguration.class,
            EvenkeelClientsAutoConfiguration.class,
            EvenkeelRestClientAutoConfiguration.class,
            EvenkeelShutdownAutoConfiguration.class);

    private Contexts() {}

    public static ApplicationContextRunner plain() {
        return new ApplicationContextRunner().withConfiguration(HTTP_CLIENTS);
    }

    /** {@return a context that does little else than judge the settings: for what is refused} */
    public static ApplicationContextRunner judging() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(EvenkeelAutoConfiguration.class));
    }

    /** {@return a context for a class path without Spring Boot's module for RestClient and RestTemplate} */
    public static ApplicationContextRunner withoutRestClientModule() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        SslAutoConfiguration.class,
                        HttpClientAutoConfiguration.class,
                        ImperativeHttpClientAutoConfiguration.class,
                        EvenkeelAutoConfiguration.class,
                        EvenkeelRestClientAutoConfiguration.class));
    }

    static WebApplicationContextRunner servlet() {
        return new WebApplicationContextRunner().withConfiguration(HTTP_CLIENTS);
    }

    public static ReactiveWebApplicationContextRunner reactive() {
        return new ReactiveWebApplicationContextRunner().withConfiguration(HTTP_CLIENTS);
    }
}

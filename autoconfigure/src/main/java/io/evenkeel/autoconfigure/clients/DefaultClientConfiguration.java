// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.client.ClientOptions;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** The settings of the client without a name. */
@Configuration(proxyBeanMethods = false)
@Import(ClientRequestFactories.class)
public class DefaultClientConfiguration {

    DefaultClientConfiguration() {}

    @Bean
    ClientOptions evenkeelClientOptions(Settings settings) {
        return Objects.requireNonNull(SettingsMapper.map(settings.defaultClient()));
    }

    @Bean
    BaseUrls evenkeelBaseUrls(Environment environment) {
        return new BaseUrls(environment);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The settings, and the check of all of them, for each auto-configuration that may be there without the others. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EvenkeelProperties.class)
class SettingsConfiguration {

    @Bean
    static SettingsCheck evenkeelSettingsCheck(Environment environment) {
        return new SettingsCheck(environment);
    }
}

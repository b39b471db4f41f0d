// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientSection;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import io.evenkeel.autoconfigure.properties.Settings;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/** The settings, and the check of all of them, for each auto-configuration that may be there without the others. */
@Configuration(proxyBeanMethods = false)
public class SettingsConfiguration {

    @Bean
    static Settings evenkeelSettings(Environment environment, ResourceLoader resourceLoader) {
        return new Settings(environment, resourceLoader.getClassLoader());
    }

    @Bean
    static SettingsCheck evenkeelSettingsCheck(Environment environment, Settings settings) {
        return new SettingsCheck(environment, settings);
    }

    @Configuration(proxyBeanMethods = false)
    @Conditional(OnEvenkeelEnabledCondition.class)
    @EnableConfigurationProperties(EvenkeelProperties.class)
    @ImportRuntimeHints(ClientSectionHints.class)
    static class EnabledConfiguration {}

    /** Spring Boot finds by itself what is nested in {@link EvenkeelProperties}, and this is not. */
    static final class ClientSectionHints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            BindableRuntimeHintsRegistrar.forTypes(ClientSection.class).registerHints(hints, classLoader);
        }
    }
}

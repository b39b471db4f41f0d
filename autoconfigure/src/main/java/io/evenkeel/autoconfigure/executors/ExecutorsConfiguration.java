// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import io.evenkeel.autoconfigure.properties.Settings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.task.ThreadPoolTaskExecutorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** The executors below {@code evenkeel.executors}, and what makes them. */
@Configuration(proxyBeanMethods = false)
@Import(ExecutorRegistrar.class)
public class ExecutorsConfiguration {

    ExecutorsConfiguration() {}

    @Bean
    ExecutorFactory evenkeelExecutorFactory(
            Settings settings, Environment environment, ObjectProvider<ThreadPoolTaskExecutorBuilder> builder) {
        return new ExecutorFactory(settings, environment, builder.getIfAvailable(ThreadPoolTaskExecutorBuilder::new));
    }
}

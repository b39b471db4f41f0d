// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.executors.ExecutorFactory;
import io.evenkeel.autoconfigure.executors.ExecutorRegistrar;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.autoconfigure.validation.SettingsConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.task.ThreadPoolTaskExecutorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Auto-configuration of the executors under {@code evenkeel.executors}, each a bean of its name. They stand beside
 * Spring Boot's {@code applicationTaskExecutor}: only who asks for one by name gets it. They stay when Evenkeel is
 * switched off, as beans that others need; the shutdown is Spring's then.
 */
@AutoConfiguration(after = TaskExecutionAutoConfiguration.class)
@ConditionalOnClass(ThreadPoolTaskExecutor.class)
@Import({SettingsConfiguration.class, ExecutorRegistrar.class})
public final class EvenkeelExecutorsAutoConfiguration {

    EvenkeelExecutorsAutoConfiguration() {}

    @Bean
    ExecutorFactory evenkeelExecutorFactory(
            Settings settings, Environment environment, ObjectProvider<ThreadPoolTaskExecutorBuilder> builder) {
        return new ExecutorFactory(settings, environment, builder.getIfAvailable(ThreadPoolTaskExecutorBuilder::new));
    }
}

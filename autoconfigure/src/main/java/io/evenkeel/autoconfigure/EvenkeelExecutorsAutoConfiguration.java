// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.executors.ExecutorsConfiguration;
import io.evenkeel.autoconfigure.validation.SettingsConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Auto-configuration of the executors under {@code evenkeel.executors}, each a bean of its name. They stand beside
 * Spring Boot's {@code applicationTaskExecutor}: only who asks for one by name gets it. They stay when Evenkeel is
 * switched off, as beans that others need; the shutdown is Spring's then.
 */
@AutoConfiguration(after = TaskExecutionAutoConfiguration.class)
@ConditionalOnClass(ThreadPoolTaskExecutor.class)
@Import({SettingsConfiguration.class, ExecutorsConfiguration.class})
public final class EvenkeelExecutorsAutoConfiguration {

    EvenkeelExecutorsAutoConfiguration() {}
}

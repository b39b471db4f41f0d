// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Application contexts with executors, and without anything about HTTP. */
public final class ExecutorContexts {

    private ExecutorContexts() {}

    public static ApplicationContextRunner with(String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        TaskExecutionAutoConfiguration.class, EvenkeelExecutorsAutoConfiguration.class))
                .withPropertyValues(properties);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** What an executor under {@code evenkeel.executors} may be called: any name under which nothing else is looked for. */
public final class ExecutorNames {

    public static final String PREFIX = "evenkeel.executors";

    /** Names under which Spring looks for a bean, and what for. */
    private static final Map<String, String> OF_SPRING = Map.of(
            "applicationTaskExecutor", "the executor of Spring Boot, which 'spring.task.execution' configures",
            "taskExecutor", "the executor of all '@Async' methods that name none",
            "taskScheduler", "the scheduler of all '@Scheduled' methods",
            "bootstrapExecutor", "the executor that makes beans in the background");

    private ExecutorNames() {}

    /** {@return the names that are written, each in one spelling, without those that are refused} */
    public static Set<String> names(Environment environment, Refusals refusals) {
        return new UniqueNames(PREFIX, environment).check(ExecutorNames::check, refusals);
    }

    private static void check(String name) {
        String meaning = OF_SPRING.get(name);
        if (meaning != null) {
            throw new InvalidSettingException(
                    PREFIX + "." + KnownKeys.NAME,
                    name,
                    "Spring looks under that name for " + meaning,
                    "Choose another name.");
        }
    }

    public static void checkBeanOfSameName(String name, @Nullable Class<?> type) {
        if (type != null && !Executor.class.isAssignableFrom(type)) {
            throw new InvalidSettingException(
                    PREFIX + "." + KnownKeys.NAME,
                    name,
                    "the application has a bean of that name already, a %s".formatted(type.getName()),
                    "Choose another name for one of the two.");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.Map;
import java.util.Set;
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
            throw InvalidSettingException.ofName(
                    PREFIX, name, "Spring looks under that name for " + meaning, "Choose another name.");
        }
    }
}

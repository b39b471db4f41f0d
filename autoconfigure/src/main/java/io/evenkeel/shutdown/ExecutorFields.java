// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * What Spring's executors tell to nobody, read from their fields. {@code SpringTaskContractTests} fails when an upgrade
 * renames one; {@link ShutdownRuntimeHints} lists them for native images.
 */
final class ExecutorFields {

    /** The class of a task with a trigger, whose method {@code schedule} submits its next run. */
    static final String TRIGGERED_TASK = "org.springframework.scheduling.concurrent.ReschedulingRunnable";

    private ExecutorFields() {}

    /** {@return the decorator that the application gave to it} */
    static @Nullable TaskDecorator decorator(Object executor) {
        return (TaskDecorator) field(executor, "taskDecorator");
    }

    /** {@return the pool of this executor or factory of one, {@code null} if it is not initialized or of another kind} */
    static @Nullable ThreadPoolExecutor pool(ExecutorConfigurationSupport executor) {
        return (field(executor, "executor") instanceof ThreadPoolExecutor pool) ? pool : null;
    }

    /** {@return what hands on its tasks when they are due} */
    static ThreadPoolExecutor triggers(SimpleAsyncTaskScheduler scheduler) {
        return poolIn(scheduler, "triggerExecutor");
    }

    /** {@return what runs its tasks with a fixed delay} */
    static ThreadPoolExecutor fixedDelays(SimpleAsyncTaskScheduler scheduler) {
        return poolIn(scheduler, "fixedDelayExecutor");
    }

    private static ThreadPoolExecutor poolIn(SimpleAsyncTaskScheduler scheduler, String name) {
        if (field(scheduler, name) instanceof ThreadPoolExecutor pool) {
            return pool;
        }
        throw new IllegalStateException("No pool in field " + name);
    }

    /** {@return whether it rejects what is above its limit, and makes nobody wait} */
    static boolean rejectsAtLimit(SimpleAsyncTaskExecutor executor) {
        return executor.isThrottleActive() && Boolean.TRUE.equals(field(executor, "rejectTasksWhenLimitReached"));
    }

    /** {@return how many tasks it has accepted that have not ended, if it has a limit} */
    static int accepted(SimpleAsyncTaskExecutor executor) {
        Object throttle = field(executor, "concurrencyThrottle");
        if (throttle != null && field(throttle, "concurrencyCount") instanceof Integer count) {
            return count;
        }
        throw new IllegalStateException("No count of tasks");
    }

    /** @throws BeansException if there is no such field */
    private static @Nullable Object field(Object bean, String name) {
        return new DirectFieldAccessor(bean).getPropertyValue(name);
    }
}

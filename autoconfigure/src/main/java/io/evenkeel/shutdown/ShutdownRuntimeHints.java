// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.ConcurrencyThrottleSupport;

/** The fields of Spring that are read, for a native image. */
public final class ShutdownRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        for (Class<?> type : List.of(
                ExecutorConfigurationSupport.class,
                ThreadPoolTaskExecutor.class,
                SimpleAsyncTaskExecutor.class,
                SimpleAsyncTaskScheduler.class,
                ConcurrencyThrottleSupport.class,
                DefaultLifecycleProcessor.class)) {
            hints.reflection().registerType(type, MemberCategory.ACCESS_DECLARED_FIELDS);
        }
    }
}

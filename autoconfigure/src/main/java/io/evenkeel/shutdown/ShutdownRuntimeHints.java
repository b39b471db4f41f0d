// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** The fields of Spring's executors that are read, for a native image. */
public final class ShutdownRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.reflection()
                .registerType(ThreadPoolTaskExecutor.class, MemberCategory.ACCESS_DECLARED_FIELDS)
                .registerType(SimpleAsyncTaskExecutor.class, MemberCategory.ACCESS_DECLARED_FIELDS)
                .registerType(SimpleAsyncTaskScheduler.class, MemberCategory.ACCESS_DECLARED_FIELDS);
    }
}

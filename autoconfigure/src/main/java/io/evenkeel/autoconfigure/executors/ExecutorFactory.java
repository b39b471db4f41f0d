// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Executor;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.ExecutorPool;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Threads;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.autoconfigure.validation.ExecutorCheck;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.task.ThreadPoolTaskExecutorBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Makes the executors under {@code evenkeel.executors}: as Spring Boot makes its own, with the application's
 * decorators and customizers, and then with what is written for them.
 */
public final class ExecutorFactory {

    private final Settings settings;
    private final Environment environment;
    private final ThreadPoolTaskExecutorBuilder builder;

    public ExecutorFactory(Settings settings, Environment environment, ThreadPoolTaskExecutorBuilder builder) {
        this.settings = settings;
        this.environment = environment;
        this.builder = builder;
    }

    /**
     * Makes an executor.
     *
     * @param name as it stands in the properties
     * @throws InvalidSettingException if a setting is refused
     */
    public ThreadPoolTaskExecutor create(String name) {
        Executor settings = this.settings.executor(name);
        ThreadPoolTaskExecutor executor = new DeadlineCarryingExecutor();
        // A customizer may set a thread factory, which this would discard if it came later.
        executor.setVirtualThreads(Threading.VIRTUAL.isActive(this.environment));
        this.builder.threadNamePrefix(name + "-").configure(executor);
        apply(settings, executor);
        Refusals refusals = new Refusals();
        new ExecutorCheck(name, settings, this.environment, refusals).check(executor);
        refusals.throwIfAny();
        return executor;
    }

    private static void apply(Executor settings, ThreadPoolTaskExecutor executor) {
        if (settings.threads() != Threads.AUTO) {
            executor.setVirtualThreads(settings.threads() == Threads.VIRTUAL);
        }
        PropertyMapper map = PropertyMapper.get();
        ExecutorPool pool = settings.pool();
        map.from(pool.coreSize()).to(executor::setCorePoolSize);
        map.from(pool.maxSize()).to(executor::setMaxPoolSize);
        map.from(pool.queueCapacity()).to(executor::setQueueCapacity);
        map.from(pool.keepAlive()).as(keepAlive -> (int) keepAlive.toSeconds()).to(executor::setKeepAliveSeconds);
        map.from(settings.threadNamePrefix()).to(executor::setThreadNamePrefix);
    }
}

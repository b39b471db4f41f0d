// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import io.evenkeel.autoconfigure.EvenkeelShutdownAutoConfiguration;
import io.evenkeel.shutdown.HeldTask;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Application contexts whose end is tested, and tasks for their executors. */
public final class ShutdownContexts {

    private final Queue<Integer> done = new ConcurrentLinkedQueue<>();

    /** {@return a context with all that Spring Boot configures around tasks and the end} */
    public static ApplicationContextRunner context() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LifecycleAutoConfiguration.class,
                        TaskExecutionAutoConfiguration.class,
                        EvenkeelShutdownAutoConfiguration.class));
    }

    public static ThreadPoolTaskExecutor oneThread() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setCorePoolSize(1);
        return executor;
    }

    public static void releaseWhenClosing(ConfigurableApplicationContext context, HeldTask task) {
        context.addApplicationListener((ContextClosedEvent event) -> task.release());
    }

    /** Submits tasks that take a while. */
    public void submit(Executor executor, int count) {
        for (int i = 0; i < count; i++) {
            executor.execute(task(i));
        }
    }

    /** {@return a task that takes a while} */
    Runnable task(int number) {
        return () -> later(() -> this.done.add(number));
    }

    static void later(Runnable action) {
        LockSupport.parkNanos(5_000_000);
        action.run();
    }

    /** {@return the numbers of the tasks that have ended, in the order in which they did} */
    public Queue<Integer> done() {
        return this.done;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Finds out how the tasks of an executor bean can be seen. */
final class Workloads {

    private final Ticker ticker;

    Workloads(Ticker ticker) {
        this.ticker = ticker;
    }

    /** {@return the tasks of the bean, empty if it does not tell} */
    List<Workload> of(String name, Executor bean) {
        try {
            if (bean instanceof ThreadPoolTaskExecutor executor) {
                TaskTracker tracker = wouldNotice(executor) ? null : track(executor, executor::setTaskDecorator);
                return List.of(new PoolWorkload(name, executor::getThreadPoolExecutor, executor, tracker, this.ticker));
            }
            if (bean instanceof ThreadPoolTaskScheduler scheduler) {
                scheduler.getScheduledThreadPoolExecutor();
                return List.of(new PoolWorkload(
                        name, scheduler::getScheduledThreadPoolExecutor, scheduler, null, this.ticker));
            }
            if (bean instanceof SimpleAsyncTaskScheduler scheduler
                    && field(scheduler, "fixedDelayExecutor") instanceof ThreadPoolExecutor fixedDelay) {
                // It runs tasks with a fixed delay on a thread of its own.
                return List.of(counted(name, scheduler), pool(name, fixedDelay));
            }
            if (bean instanceof SimpleAsyncTaskExecutor executor) {
                return List.of(counted(name, executor));
            }
        } catch (BeansException | IllegalStateException | ClassCastException ex) {
            // A subclass that is made otherwise, or a release of Spring with other fields: it does not tell.
            return List.of();
        }
        if (bean instanceof ThreadPoolExecutor pool) {
            return List.of(pool(name, pool));
        }
        if (bean instanceof ConcurrentTaskExecutor executor
                && executor.getConcurrentExecutor() instanceof ThreadPoolExecutor pool) {
            return List.of(pool(name, pool));
        }
        return List.of();
    }

    /** {@return whether an executor that does not tell may lose tasks of the application} */
    static boolean mayLoseTasks(Executor bean) {
        return !(bean instanceof SyncTaskExecutor)
                && (bean instanceof TaskExecutor
                        || (bean instanceof ExecutorService
                                && bean.getClass().getName().startsWith("java.util.concurrent.")));
    }

    private PoolWorkload pool(String name, ThreadPoolExecutor pool) {
        return new PoolWorkload(name, () -> pool, null, null, this.ticker);
    }

    private CountedWorkload counted(String name, SimpleAsyncTaskExecutor executor) {
        return new CountedWorkload(name, executor, track(executor, executor::setTaskDecorator));
    }

    /**
     * A tracked task is another object in the queue. A subclass, or a handler of rejected tasks, may look for the one
     * that it knows.
     */
    private static boolean wouldNotice(ThreadPoolTaskExecutor executor) {
        return executor.getClass() != ThreadPoolTaskExecutor.class
                || executor.getThreadPoolExecutor()
                                .getRejectedExecutionHandler()
                                .getClass()
                                .getEnclosingClass()
                        != ThreadPoolExecutor.class;
    }

    /** The decorator of the application keeps its place; Spring tells it to nobody. */
    private TaskTracker track(Executor executor, Consumer<TaskDecorator> decorate) {
        TaskDecorator present = (TaskDecorator) field(executor, "taskDecorator");
        TaskTracker tracker = new TaskTracker(this.ticker);
        decorate.accept((present == null) ? tracker : task -> tracker.decorate(present.decorate(task)));
        return tracker;
    }

    private static @Nullable Object field(Object bean, String name) {
        return new DirectFieldAccessor(bean).getPropertyValue(name);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Finds out how the tasks of an executor bean can be seen. */
final class Workloads {

    private final Ticker ticker;

    Workloads(Ticker ticker) {
        this.ticker = ticker;
    }

    /** {@return what runs the tasks of this bean: the same object for all beans that share it} */
    static Object source(Object bean) {
        // What is set on a proxy does not reach the executor.
        Object target = AopProxyUtils.getSingletonTarget(bean);
        if (target != null) {
            return source(target);
        }
        return (bean instanceof ConcurrentTaskExecutor executor) ? source(executor.getConcurrentExecutor()) : bean;
    }

    /** {@return the tasks of the bean, {@code null} if it does not tell} */
    @Nullable
    Workload of(String name, Object bean) {
        Object executor = source(bean);
        if (AopUtils.isAopProxy(executor)) {
            // Its target changes.
            return null;
        }
        try {
            return ofSpring(name, executor);
        } catch (BeansException | IllegalStateException | ClassCastException ex) {
            // A subclass that is made otherwise, or a release of Spring with other fields: it does not tell.
            return null;
        }
    }

    private @Nullable Workload ofSpring(String name, Object bean) {
        if (bean instanceof ThreadPoolTaskExecutor executor) {
            TaskTracker tracker = wouldNotice(executor) ? null : TaskTracker.of(executor, this.ticker);
            return new PoolWorkload(name, executor::getThreadPoolExecutor, executor, tracker, this.ticker);
        }
        if (bean instanceof ThreadPoolTaskScheduler scheduler) {
            return new PoolWorkload(name, scheduler::getScheduledThreadPoolExecutor, scheduler, null, this.ticker);
        }
        if (bean instanceof ExecutorConfigurationSupport factory) {
            ThreadPoolExecutor pool = ExecutorFields.pool(factory);
            return (pool != null) ? pool(name, pool, factory) : null;
        }
        if (bean instanceof SimpleAsyncTaskScheduler scheduler) {
            return new SchedulerWorkload(
                    pool(name, ExecutorFields.triggers(scheduler), null),
                    pool(name, ExecutorFields.fixedDelays(scheduler), null),
                    counted(name, scheduler));
        }
        if (bean instanceof SimpleAsyncTaskExecutor executor) {
            return counted(name, executor);
        }
        return (bean instanceof ThreadPoolExecutor pool) ? pool(name, pool, null) : null;
    }

    /** {@return whether an executor that does not tell may lose tasks of the application} */
    static boolean mayLoseTasks(Object bean) {
        return !(bean instanceof SyncTaskExecutor) && (bean instanceof TaskExecutor || bean instanceof ExecutorService);
    }

    private PoolWorkload pool(String name, ThreadPoolExecutor pool, @Nullable ExecutorConfigurationSupport owner) {
        return new PoolWorkload(name, () -> pool, owner, null, this.ticker);
    }

    private CountedWorkload counted(String name, SimpleAsyncTaskExecutor executor) {
        return new CountedWorkload(name, executor, TaskTracker.of(executor, this.ticker));
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
}

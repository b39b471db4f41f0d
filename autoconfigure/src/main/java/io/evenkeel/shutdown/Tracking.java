// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Keeps a {@link TaskTracker} behind the decorator of an executor. The decorator of the application keeps its place; it
 * may be set before this or, by another post-processor, after it.
 */
final class Tracking {

    private final Object executor;
    private final Consumer<TaskDecorator> decorate;
    private final TaskTracker tracker;
    private volatile @Nullable TaskDecorator installed;

    private Tracking(Object executor, Consumer<TaskDecorator> decorate, Ticker ticker) {
        this.executor = executor;
        this.decorate = decorate;
        this.tracker = new TaskTracker(ticker);
        renew();
    }

    static Tracking of(SimpleAsyncTaskExecutor executor, Ticker ticker) {
        return new Tracking(executor, executor::setTaskDecorator, ticker);
    }

    static Tracking of(ThreadPoolTaskExecutor executor, Ticker ticker) {
        return new Tracking(executor, executor::setTaskDecorator, ticker);
    }

    /** Learns of the tasks that this pool rejects. */
    void followRejections(ThreadPoolExecutor pool) {
        RejectedExecutionHandler handler = pool.getRejectedExecutionHandler();
        pool.setRejectedExecutionHandler((task, rejecting) -> {
            try {
                handler.rejectedExecution(task, rejecting);
            } finally {
                this.tracker.forgetUnlessStarted(task);
            }
        });
    }

    /** Takes its place again if a decorator was set meanwhile. */
    void renew() {
        TaskDecorator present = ExecutorFields.decorator(this.executor);
        if (present == null) {
            install(this.tracker);
        } else if (present != this.installed) {
            install(task -> this.tracker.decorate(present.decorate(task)));
        }
    }

    private void install(TaskDecorator decorator) {
        this.installed = decorator;
        this.decorate.accept(decorator);
    }

    TaskTracker tracker() {
        return this.tracker;
    }
}

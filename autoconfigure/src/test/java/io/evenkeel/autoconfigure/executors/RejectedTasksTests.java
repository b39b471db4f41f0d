// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.autoconfigure.shutdown.ShutdownContexts;
import io.evenkeel.shutdown.HeldTask;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Tasks that an executor does not accept count as nothing: whoever submitted them was told. */
@ExtendWith(OutputCaptureExtension.class)
class RejectedTasksTests {

    private final ShutdownContexts tasks = new ShutdownContexts();

    @Test
    void theyAreNotReportedAsNeverStarted(CapturedOutput log) {
        ShutdownContexts.context()
                .withBean("own", SimpleAsyncTaskExecutor.class, RejectedTasksTests::limited)
                .withPropertyValues("evenkeel.shutdown.timeout=100ms")
                .run(context -> {
                    Executor executor = context.getBean("own", Executor.class);
                    HeldTask task = new HeldTask();
                    executor.execute(task);
                    task.awaitStart();
                    rejects(executor, 5);
                    context.close();
                    task.awaitEnd();
                });
        assertThat(log)
                .contains("Shutdown waits for 'own' (1 task running), ")
                .contains("executor 'own': 0 tasks done, 1 interrupted, 0 never started");
    }

    @Test
    void norWaitedFor(CapturedOutput log) {
        ShutdownContexts.context()
                .withBean("own", SimpleAsyncTaskExecutor.class, RejectedTasksTests::limited)
                .run(context -> {
                    SimpleAsyncTaskExecutor executor = context.getBean(SimpleAsyncTaskExecutor.class);
                    HeldTask task = new HeldTask();
                    executor.execute(task);
                    task.awaitStart();
                    rejects(executor, 5);
                    task.releaseAndAwaitEnd();
                    context.close();
                });
        assertThat(log).doesNotContain("Shutdown waits for 'own' (0 tasks running");
    }

    @Test
    void aTaskThatIsRejectedDuringTheDrainIsItsSubmittersToHandle(CapturedOutput log) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        ThreadPoolTaskExecutor bounded = ShutdownContexts.oneThread();
        bounded.setMaxPoolSize(1);
        bounded.setQueueCapacity(1);
        ShutdownContexts.context()
                .withBean("producer", ThreadPoolTaskExecutor.class)
                .withBean("bounded", ThreadPoolTaskExecutor.class, () -> bounded)
                .run(context -> {
                    HeldTask running = new HeldTask();
                    bounded.execute(running);
                    running.awaitStart();
                    HeldTask producer = new HeldTask(() -> {
                        try {
                            this.tasks.submit(bounded, 2);
                        } catch (TaskRejectedException ex) {
                            failure.set(ex);
                        }
                        running.release();
                    });
                    context.getBean("producer", Executor.class).execute(producer);
                    ShutdownContexts.releaseWhenClosing(context, producer);
                    context.close();
                });
        assertThat(failure.get()).isInstanceOf(TaskRejectedException.class);
        assertThat(this.tasks.done()).containsExactly(0);
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void whatTheSubmitterRunsItselfIsRun() {
        ThreadPoolTaskExecutor full = full(new ThreadPoolExecutor.CallerRunsPolicy());
        ShutdownContexts.context()
                .withBean("producer", ThreadPoolTaskExecutor.class)
                .withBean("own", ThreadPoolTaskExecutor.class, () -> full)
                .run(context -> {
                    HeldTask running = new HeldTask();
                    full.execute(running);
                    running.awaitStart();
                    context.getBean("producer", Executor.class).execute(() -> {
                        this.tasks.submit(full, 3);
                        running.release();
                    });
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
    }

    @Test
    void whatAPolicyDiscardsIsNotWaitedFor(CapturedOutput log) {
        ThreadPoolTaskExecutor full = full(new ThreadPoolExecutor.DiscardPolicy());
        ShutdownContexts.context()
                .withBean("own", ThreadPoolTaskExecutor.class, () -> full)
                .run(context -> {
                    HeldTask running = new HeldTask();
                    full.execute(running);
                    running.awaitStart();
                    this.tasks.submit(full, 3);
                    ShutdownContexts.releaseWhenClosing(context, running);
                    context.close();
                });
        assertThat(this.tasks.done()).isEmpty();
        assertThat(log).doesNotContain("WARN");
    }

    private static void rejects(Executor executor, int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> executor.execute(() -> {})).isInstanceOf(TaskRejectedException.class);
        }
    }

    private static SimpleAsyncTaskExecutor limited() {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("own-");
        executor.setConcurrencyLimit(1);
        executor.setRejectTasksWhenLimitReached(true);
        return executor;
    }

    private static ThreadPoolTaskExecutor full(java.util.concurrent.RejectedExecutionHandler policy) {
        ThreadPoolTaskExecutor executor = ShutdownContexts.oneThread();
        executor.setMaxPoolSize(1);
        executor.setQueueCapacity(0);
        executor.setRejectedExecutionHandler(policy);
        return executor;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.task.ThreadPoolTaskExecutorBuilder;
import org.springframework.boot.task.ThreadPoolTaskExecutorCustomizer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** What each key of an executor changes, on its real threads. */
class ExecutorSettingsTests {

    @Test
    void coreSizeThreadsRunTasksAndOthersWait() {
        ExecutorContexts.with("evenkeel.executors.mail.pool.core-size=2").run(context -> {
            try (Blocked blocked = new Blocked(mail(context), 5)) {
                assertThat(blocked.executor.getActiveCount()).isEqualTo(2);
                assertThat(blocked.executor.getQueueSize()).isEqualTo(3);
            }
        });
    }

    @Test
    void aFullQueueMakesThePoolGrowToMaxSizeAndThenRejects() {
        ExecutorContexts.with(
                        "evenkeel.executors.mail.pool.core-size=1",
                        "evenkeel.executors.mail.pool.max-size=3",
                        "evenkeel.executors.mail.pool.queue-capacity=2")
                .run(context -> {
                    try (Blocked blocked = new Blocked(mail(context), 5)) {
                        assertThat(blocked.executor.getActiveCount()).isEqualTo(3);
                        assertThat(blocked.executor.getQueueSize()).isEqualTo(2);
                        assertThatExceptionOfType(TaskRejectedException.class)
                                .isThrownBy(() -> blocked.executor.execute(() -> {}));
                    }
                });
    }

    @Test
    void withoutAQueueATaskGetsAThreadOrIsRejected() {
        ExecutorContexts.with(
                        "evenkeel.executors.mail.pool.core-size=0",
                        "evenkeel.executors.mail.pool.max-size=2",
                        "evenkeel.executors.mail.pool.queue-capacity=0")
                .run(context -> {
                    try (Blocked blocked = new Blocked(mail(context), 2)) {
                        assertThat(blocked.executor.getActiveCount()).isEqualTo(2);
                        assertThatExceptionOfType(TaskRejectedException.class)
                                .isThrownBy(() -> blocked.executor.execute(() -> {}));
                    }
                });
    }

    @Test
    void aThreadWithoutATaskEndsAfterKeepAlive() {
        ExecutorContexts.with("evenkeel.executors.mail.pool.keep-alive=1s").run(context -> {
            assertThat(mail(context).getThreadPoolExecutor().getKeepAliveTime(TimeUnit.MILLISECONDS))
                    .isEqualTo(1000);
            Thread thread = threadOf(mail(context));
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        });
    }

    @Test
    void withoutKeepAliveThreadsAboveCoreSizeEndAtOnceAndTheOthersStay() {
        ExecutorContexts.with(
                        "evenkeel.executors.mail.pool.core-size=1",
                        "evenkeel.executors.mail.pool.max-size=2",
                        "evenkeel.executors.mail.pool.queue-capacity=0",
                        "evenkeel.executors.mail.pool.keep-alive=0",
                        "spring.task.execution.pool.allow-core-thread-timeout=false")
                .run(context -> {
                    assertThat(mail(context).getThreadPoolExecutor().getKeepAliveTime(TimeUnit.NANOSECONDS))
                            .isZero();
                    assertThat(mail(context).getThreadPoolExecutor().allowsCoreThreadTimeOut())
                            .isFalse();
                });
    }

    @Test
    void threadsAreNamedAfterTheExecutorOrAsItIsWritten() {
        ExecutorContexts.with(
                        "evenkeel.executors.mail.pool.core-size=1",
                        "evenkeel.executors.bulk.thread-name-prefix=import #",
                        "spring.task.execution.thread-name-prefix=boot-")
                .run(context -> {
                    assertThat(threadOf(mail(context)).getName()).isEqualTo("mail-1");
                    assertThat(threadOf(context.getBean("bulk", ThreadPoolTaskExecutor.class))
                                    .getName())
                            .isEqualTo("import #1");
                });
    }

    @Test
    void whatIsNotWrittenIsAsForTheExecutorOfSpringBoot() {
        ExecutorContexts.with(
                        "evenkeel.executors.mail.pool.core-size=3",
                        "spring.task.execution.pool.core-size=4",
                        "spring.task.execution.pool.max-size=5",
                        "spring.task.execution.pool.queue-capacity=6",
                        "spring.task.execution.pool.keep-alive=7s",
                        "spring.task.execution.pool.allow-core-thread-timeout=false",
                        "spring.task.execution.shutdown.await-termination=true",
                        "spring.task.execution.shutdown.await-termination-period=8s")
                .run(context -> {
                    ThreadPoolTaskExecutor mail = mail(context);
                    assertThat(mail.getCorePoolSize()).isEqualTo(3);
                    assertThat(mail.getMaxPoolSize()).isEqualTo(5);
                    assertThat(mail.getQueueCapacity()).isEqualTo(6);
                    assertThat(mail.getKeepAliveSeconds()).isEqualTo(7);
                    assertThat(mail.getThreadPoolExecutor().allowsCoreThreadTimeOut())
                            .isFalse();
                    assertThat(mail)
                            .hasFieldOrPropertyWithValue("waitForTasksToCompleteOnShutdown", true)
                            .hasFieldOrPropertyWithValue("awaitTerminationMillis", 8000L);
                });
    }

    @Test
    void whatIsWrittenOverridesCustomizersAndWhatIsNotDoesNot() {
        ThreadPoolTaskExecutorCustomizer customizer = executor -> {
            executor.setCorePoolSize(5);
            executor.setKeepAliveSeconds(6);
            executor.setThreadNamePrefix("custom-");
        };
        ExecutorContexts.with("evenkeel.executors.mail.pool.core-size=3")
                .withBean(ThreadPoolTaskExecutorCustomizer.class, () -> customizer)
                .run(context -> {
                    assertThat(mail(context).getCorePoolSize()).isEqualTo(3);
                    assertThat(mail(context).getKeepAliveSeconds()).isEqualTo(6);
                    assertThat(mail(context).getThreadNamePrefix()).isEqualTo("custom-");
                });
    }

    @Test
    void theBuilderOfTheApplicationIsUsed() {
        ExecutorContexts.with("evenkeel.executors.mail=")
                .withBean(
                        ThreadPoolTaskExecutorBuilder.class, () -> new ThreadPoolTaskExecutorBuilder().corePoolSize(5))
                .run(context -> assertThat(mail(context).getCorePoolSize()).isEqualTo(5));
    }

    @Test
    void tasksAreDecorated() {
        TaskDecorator decorator = task -> () -> {
            Thread.currentThread().setName("decorated");
            task.run();
        };
        ExecutorContexts.with("evenkeel.executors.mail=")
                .withBean(TaskDecorator.class, () -> decorator)
                .run(context -> assertThat(mail(context)
                                .submit(() -> Thread.currentThread().getName())
                                .get(10, TimeUnit.SECONDS))
                        .isEqualTo("decorated"));
    }

    @ParameterizedTest
    @EnabledForJreRange(min = JRE.JAVA_21)
    @CsvSource({
        "auto, true, true",
        "auto, false, false",
        "virtual, false, true",
        "virtual, true, true",
        "platform, true, false",
        "platform, false, false"
    })
    void threadsAreVirtualIfTheyAreAskedForAndAutoFollowsSpringBoot(String threads, String enabled, boolean virtual) {
        ExecutorContexts.with("evenkeel.executors.mail.threads=" + threads, "spring.threads.virtual.enabled=" + enabled)
                .run(context -> {
                    Thread thread = threadOf(mail(context));
                    assertThat(Thread.class.getMethod("isVirtual").invoke(thread))
                            .isEqualTo(virtual);
                    assertThat(thread.getName()).startsWith("mail-");
                });
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsKeepTheBoundAndTheQueue() {
        ExecutorContexts.with(
                        "evenkeel.executors.mail.threads=virtual",
                        "evenkeel.executors.mail.pool.core-size=2",
                        "evenkeel.executors.mail.pool.max-size=2",
                        "evenkeel.executors.mail.pool.queue-capacity=3")
                .run(context -> {
                    try (Blocked blocked = new Blocked(mail(context), 5)) {
                        assertThat(blocked.executor.getActiveCount()).isEqualTo(2);
                        assertThat(blocked.executor.getQueueSize()).isEqualTo(3);
                        assertThatExceptionOfType(TaskRejectedException.class)
                                .isThrownBy(() -> blocked.executor.execute(() -> {}));
                    }
                });
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void autoMeansPlatformThreadsWhereThereAreNoOthers() {
        ExecutorContexts.with("evenkeel.executors.mail.threads=auto", "spring.threads.virtual.enabled=true")
                .run(context -> assertThat(threadOf(mail(context)).getName()).isEqualTo("mail-1"));
    }

    private static ThreadPoolTaskExecutor mail(AssertableApplicationContext context) {
        return context.getBean("mail", ThreadPoolTaskExecutor.class);
    }

    private static Thread threadOf(ThreadPoolTaskExecutor executor) throws Exception {
        return executor.submit(Thread::currentThread).get(10, TimeUnit.SECONDS);
    }

    /** An executor with tasks that wait until this is closed. */
    private static final class Blocked implements AutoCloseable {

        final ThreadPoolTaskExecutor executor;
        private final CountDownLatch end = new CountDownLatch(1);

        Blocked(ThreadPoolTaskExecutor executor, int tasks) {
            this.executor = executor;
            for (int task = 0; task < tasks; task++) {
                executor.submit(() -> this.end.await(10, TimeUnit.SECONDS));
            }
        }

        @Override
        public void close() {
            this.end.countDown();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.ScheduledExecutorFactoryBean;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.support.PeriodicTrigger;

/**
 * What repeats ends with the run that is under way at the shutdown, also if its runs take longer than its period, so that
 * the next one is due at once.
 */
@ExtendWith(OutputCaptureExtension.class)
class RepetitionEndTests {

    private static final Duration PERIOD = Duration.ofMillis(20);

    private final ShutdownContexts tasks = new ShutdownContexts();

    @ParameterizedTest
    @MethodSource("repetitions")
    <T> void endsWithTheRunThatIsUnderWay(
            Class<T> type, Supplier<T> scheduler, BiConsumer<T, Runnable> repeat, CapturedOutput log) {
        SlowTask task = new SlowTask(log);
        AtomicReference<T> used = new AtomicReference<>();
        ShutdownContexts.context()
                .withPropertyValues("evenkeel.shutdown.timeout=3s")
                .withBean("own", type, () -> {
                    used.set(scheduler.get());
                    return used.get();
                })
                .run(context -> {
                    repeat.accept(used.get(), task);
                    task.awaitFirst();
                    context.close();
                });

        task.assertEndedInTime();
    }

    static Stream<Arguments> repetitions() {
        BiConsumer<ScheduledExecutorService, Runnable> fixedRate =
                (scheduler, task) -> scheduler.scheduleAtFixedRate(task, 0, 1, TimeUnit.MILLISECONDS);
        BiConsumer<ScheduledExecutorService, Runnable> fixedDelay =
                (scheduler, task) -> scheduler.scheduleWithFixedDelay(task, 0, 1, TimeUnit.NANOSECONDS);
        BiConsumer<TaskScheduler, Runnable> springFixedRate =
                (scheduler, task) -> scheduler.scheduleAtFixedRate(task, PERIOD);
        BiConsumer<TaskScheduler, Runnable> springFixedDelay =
                (scheduler, task) -> scheduler.scheduleWithFixedDelay(task, PERIOD);
        BiConsumer<TaskScheduler, Runnable> springTrigger = (scheduler, task) -> {
            PeriodicTrigger trigger = new PeriodicTrigger(PERIOD);
            trigger.setFixedRate(true);
            scheduler.schedule(task, trigger);
        };
        Stream<Arguments> ofTheJdk = Stream.of(
                jdk("fixed rate, one thread", () -> new ScheduledThreadPoolExecutor(1), fixedRate),
                jdk("fixed rate, four threads", () -> new ScheduledThreadPoolExecutor(4), fixedRate),
                jdk("fixed rate, no core thread", () -> new ScheduledThreadPoolExecutor(0), fixedRate),
                jdk("fixed delay", () -> new ScheduledThreadPoolExecutor(2), fixedDelay),
                jdk("continues after shutdown", RepetitionEndTests::thatContinuesAfterShutdown, fixedRate),
                jdk("decorates", DecoratingScheduler::new, fixedRate),
                jdk(
                        "two of them",
                        () -> new ScheduledThreadPoolExecutor(2),
                        fixedRate.andThen((scheduler, task) -> fixedDelay.accept(scheduler, task))));
        Stream<Arguments> ofSpring = Stream.of(
                        Named.of("fixed rate", springFixedRate),
                        Named.of("fixed delay", springFixedDelay),
                        Named.of("trigger", springTrigger))
                .flatMap(repeat -> Stream.of(
                        spring(ThreadPoolTaskScheduler.class, "as it is", ThreadPoolTaskScheduler::new, repeat),
                        spring(
                                ThreadPoolTaskScheduler.class,
                                "that awaits termination",
                                RepetitionEndTests::thatAwaitsTermination,
                                repeat),
                        spring(
                                ThreadPoolTaskScheduler.class,
                                "that continues",
                                RepetitionEndTests::thatContinues,
                                repeat),
                        spring(SimpleAsyncTaskScheduler.class, "as it is", SimpleAsyncTaskScheduler::new, repeat),
                        spring(
                                ConcurrentTaskScheduler.class,
                                "of a pool",
                                () -> new ConcurrentTaskScheduler(new ScheduledThreadPoolExecutor(2)),
                                repeat)));
        return Stream.concat(ofTheJdk, ofSpring);
    }

    private static Arguments jdk(
            String name,
            Supplier<ScheduledThreadPoolExecutor> scheduler,
            BiConsumer<ScheduledExecutorService, Runnable> repeat) {
        return Arguments.of(Named.of("JDK", ScheduledThreadPoolExecutor.class), Named.of(name, scheduler), repeat);
    }

    private static <T extends TaskScheduler> Arguments spring(
            Class<T> type, String name, Supplier<T> scheduler, Named<BiConsumer<TaskScheduler, Runnable>> repeat) {
        return Arguments.of(Named.of(type.getSimpleName(), type), Named.of(name, scheduler), repeat);
    }

    private static ScheduledThreadPoolExecutor thatContinuesAfterShutdown() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        scheduler.setContinueExistingPeriodicTasksAfterShutdownPolicy(true);
        return scheduler;
    }

    private static ThreadPoolTaskScheduler thatAwaitsTermination() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setAcceptTasksAfterContextClose(true);
        scheduler.setWaitForTasksToCompleteOnShutdown(true);
        scheduler.setAwaitTerminationSeconds(30);
        return scheduler;
    }

    private static ThreadPoolTaskScheduler thatContinues() {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setContinueExistingPeriodicTasksAfterShutdownPolicy(true);
        return scheduler;
    }

    @Test
    void aSchedulerOfAFactoryBeanEndsToo(CapturedOutput log) {
        SlowTask task = new SlowTask(log);
        ShutdownContexts.context()
                .withPropertyValues("evenkeel.shutdown.timeout=3s")
                .withBean("own", ScheduledExecutorFactoryBean.class, () -> {
                    ScheduledExecutorFactoryBean factory = new ScheduledExecutorFactoryBean();
                    factory.setAcceptTasksAfterContextClose(true);
                    factory.setWaitForTasksToCompleteOnShutdown(true);
                    return factory;
                })
                .run(context -> {
                    context.getBean(ScheduledExecutorService.class)
                            .scheduleAtFixedRate(task, 0, 1, TimeUnit.MILLISECONDS);
                    task.awaitFirst();
                    context.close();
                });

        task.assertEndedInTime();
    }

    @ParameterizedTest
    @ValueSource(classes = {AtFixedRate.class, WithFixedDelay.class, WithCron.class, WithTrigger.class})
    void aScheduledMethodEndsWithItsRunOnASchedulerThatAwaitsTermination(Class<?> repeated, CapturedOutput log) {
        SlowTask task = new SlowTask(log);
        scheduling().withBean(SlowTask.class, () -> task).withBean(repeated).run(context -> {
            task.awaitFirst();
            context.close();
        });

        task.assertEndedInTime();
    }

    private static ApplicationContextRunner scheduling() {
        return ShutdownContexts.context()
                .withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
                .withUserConfiguration(Scheduling.class)
                .withPropertyValues(
                        "evenkeel.shutdown.timeout=3s",
                        "spring.task.scheduling.shutdown.await-termination=true",
                        "spring.task.scheduling.shutdown.await-termination-period=30s");
    }

    @Test
    void whatTheLastRunSubmitsIsRun(CapturedOutput log) throws Exception {
        SlowTask task = new SlowTask(log);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        withScheduler(scheduler).run(context -> {
            scheduler.scheduleAtFixedRate(
                    () -> {
                        task.run();
                        this.tasks.submit(scheduler, 3);
                    },
                    0,
                    1,
                    TimeUnit.MILLISECONDS);
            task.awaitFirst();
            context.close();
        });

        task.assertEndedInTime();
        assertThat(this.tasks.done()).hasSize(3);
        assertThat(scheduler.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatOtherExecutorsSubmitAfterTheLastRunIsRun(CapturedOutput log) {
        SlowTask task = new SlowTask(log);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(2);
        withScheduler(scheduler)
                .withBean("other", ThreadPoolTaskExecutor.class, ShutdownContexts::oneThread)
                .run(context -> {
                    scheduler.scheduleAtFixedRate(task, 0, 1, TimeUnit.MILLISECONDS);
                    task.awaitFirst();
                    context.getBean("other", TaskExecutor.class).execute(() -> {
                        task.awaitLast();
                        awaitIdle(scheduler);
                        this.tasks.submit(scheduler, 3);
                    });
                    context.close();
                });

        task.assertEndedInTime();
        assertThat(this.tasks.done()).hasSize(3);
    }

    @Test
    void theLastRunMayWaitForWhatItSubmits(CapturedOutput log) {
        SlowTask task = new SlowTask(log);
        AtomicReference<String> result = new AtomicReference<>();
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(2);
        withScheduler(scheduler).run(context -> {
            scheduler.scheduleAtFixedRate(
                    () -> {
                        task.run();
                        result.set(resultOf(scheduler.submit(() -> "answer")));
                    },
                    0,
                    1,
                    TimeUnit.MILLISECONDS);
            task.awaitFirst();
            context.close();
        });

        assertThat(result).hasValue("answer");
    }

    @Test
    void theLastRunCanStartNoFurtherRepetition(CapturedOutput log) {
        SlowTask task = new SlowTask(log);
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        withScheduler(scheduler).run(context -> {
            scheduler.scheduleAtFixedRate(
                    () -> {
                        task.run();
                        try {
                            scheduler.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.MILLISECONDS);
                        } catch (RejectedExecutionException ex) {
                            refusal.set(ex);
                        }
                    },
                    0,
                    1,
                    TimeUnit.MILLISECONDS);
            task.awaitFirst();
            context.close();
        });

        task.assertEndedInTime();
        assertThat(refusal.get()).isNotNull();
    }

    @Test
    void whatIsDueLaterIsCountedAndCancelledBesideAPeriodicTask(CapturedOutput log) throws Exception {
        SlowTask task = new SlowTask(log);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(2);
        AtomicReference<Future<?>> later = new AtomicReference<>();
        withScheduler(scheduler).run(context -> {
            scheduler.scheduleAtFixedRate(task, 0, 1, TimeUnit.MILLISECONDS);
            task.awaitFirst();
            later.set(scheduler.schedule(() -> {}, 1, TimeUnit.HOURS));
            context.close();
        });

        assertThat(later.get().isCancelled()).isTrue();
        assertThat(log).contains("Shutdown: 1 task of scheduler 'own' that would be due later will not run");
        assertThat(scheduler.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSchedulerThatHasEndedRefusesInItsOwnWay(CapturedOutput log) {
        SlowTask task = new SlowTask(log);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        withScheduler(scheduler).run(context -> {
            scheduler.scheduleAtFixedRate(task, 0, 1, TimeUnit.MILLISECONDS);
            task.awaitFirst();
            context.close();
        });

        assertThatThrownBy(() -> scheduler.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(scheduler.getQueue()).isEmpty();
    }

    @Test
    void aRunThatNeverEndsIsInterruptedAndNothingIsTakenAfterwards(CapturedOutput log) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        withScheduler(scheduler)
                .withPropertyValues("evenkeel.shutdown.timeout=100ms")
                .run(context -> {
                    scheduler.scheduleAtFixedRate(
                            () -> {
                                started.countDown();
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException ex) {
                                    interrupted.countDown();
                                }
                            },
                            0,
                            1,
                            TimeUnit.MILLISECONDS);
                    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
                    context.close();
                });

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(scheduler.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> scheduler.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(log).contains("executor 'own': 0 tasks done, 1 interrupted, 0 never started");
    }

    @Test
    void aSchedulerThatIsDestroyedAloneEnds(CapturedOutput log) throws Exception {
        SlowTask task = new SlowTask(log);
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        withScheduler(scheduler).run(context -> {
            scheduler.scheduleAtFixedRate(task, 0, 1, TimeUnit.MILLISECONDS);
            task.awaitFirst();
            ((org.springframework.beans.factory.support.DefaultListableBeanFactory) context.getBeanFactory())
                    .destroySingleton("own");
            assertThat(scheduler.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        });

        task.assertEndedInTime();
    }

    @Test
    void aWrappedSchedulerOfTheJdkEndsWhenItIsDestroyed(CapturedOutput log) {
        CountDownLatch first = new CountDownLatch(1);
        AtomicReference<ScheduledExecutorService> scheduler = new AtomicReference<>();
        ShutdownContexts.context()
                .withBean("own", ScheduledExecutorService.class, Executors::newSingleThreadScheduledExecutor)
                .run(context -> {
                    scheduler.set(context.getBean(ScheduledExecutorService.class));
                    scheduler
                            .get()
                            .scheduleAtFixedRate(
                                    () -> ShutdownContexts.later(first::countDown), 0, 1, TimeUnit.MILLISECONDS);
                    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
                    context.close();
                    assertThat(scheduler.get().awaitTermination(10, TimeUnit.SECONDS))
                            .isTrue();
                });

        assertThat(log).contains("Tasks of executor 'own' may be lost at shutdown");
    }

    private static ApplicationContextRunner withScheduler(ScheduledThreadPoolExecutor scheduler) {
        return ShutdownContexts.context()
                .withPropertyValues("evenkeel.shutdown.timeout=3s")
                .withBean("own", ScheduledThreadPoolExecutor.class, () -> scheduler);
    }

    private static void awaitIdle(ScheduledThreadPoolExecutor scheduler) {
        while (scheduler.getActiveCount() > 0) {
            Thread.onSpinWait();
        }
    }

    private static String resultOf(Future<String> future) {
        try {
            return ((Callable<String>) () -> future.get(10, TimeUnit.SECONDS)).call();
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** Each run takes longer than the period; the first ones last until the shutdown waits for them. */
    static final class SlowTask implements Runnable {

        private final CapturedOutput log;
        private final CountDownLatch first = new CountDownLatch(1);
        private final CountDownLatch last = new CountDownLatch(1);
        private final AtomicInteger begunAfterwards = new AtomicInteger();

        SlowTask(CapturedOutput log) {
            this.log = log;
        }

        @Override
        public void run() {
            if (isWaitedFor()) {
                this.begunAfterwards.incrementAndGet();
            }
            this.first.countDown();
            do {
                LockSupport.parkNanos(PERIOD.plusMillis(5).toNanos());
            } while (!isWaitedFor());
            this.last.countDown();
        }

        private boolean isWaitedFor() {
            return this.log.getAll().contains("Shutdown waits for 'own'")
                    || this.log.getAll().contains("Shutdown waits for 'taskScheduler'");
        }

        void awaitFirst() throws InterruptedException {
            assertThat(this.first.await(10, TimeUnit.SECONDS)).isTrue();
        }

        void awaitLast() {
            try {
                assertThat(this.last.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
        }

        void assertEndedInTime() {
            assertThat(this.last.getCount()).isZero();
            // One may have been handed to a thread that was about to start.
            assertThat(this.begunAfterwards).hasValueLessThanOrEqualTo(1);
            assertThat(this.log).doesNotContain("used up");
        }
    }

    /** Such as one that measures its tasks. */
    private static final class DecoratingScheduler extends ScheduledThreadPoolExecutor {

        DecoratingScheduler() {
            super(1);
        }

        @Override
        protected <V> RunnableScheduledFuture<V> decorateTask(Runnable runnable, RunnableScheduledFuture<V> task) {
            return new DecoratedTask<>(task);
        }
    }

    private record DecoratedTask<V>(RunnableScheduledFuture<V> task) implements RunnableScheduledFuture<V> {

        @Override
        public boolean isPeriodic() {
            return this.task.isPeriodic();
        }

        @Override
        public void run() {
            this.task.run();
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return this.task.cancel(mayInterruptIfRunning);
        }

        @Override
        public boolean isCancelled() {
            return this.task.isCancelled();
        }

        @Override
        public boolean isDone() {
            return this.task.isDone();
        }

        @Override
        public V get() throws InterruptedException, java.util.concurrent.ExecutionException {
            return this.task.get();
        }

        @Override
        public V get(long timeout, TimeUnit unit)
                throws InterruptedException, java.util.concurrent.ExecutionException,
                        java.util.concurrent.TimeoutException {
            return this.task.get(timeout, unit);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return this.task.getDelay(unit);
        }

        @Override
        public int compareTo(java.util.concurrent.Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @EnableScheduling
    @Configuration(proxyBeanMethods = false)
    static class Scheduling {}

    record AtFixedRate(SlowTask task) {

        @Scheduled(fixedRate = 1)
        void repeated() {
            this.task.run();
        }
    }

    record WithFixedDelay(SlowTask task) {

        @Scheduled(fixedDelay = 1)
        void repeated() {
            this.task.run();
        }
    }

    record WithCron(SlowTask task) {

        @Scheduled(cron = "* * * * * *")
        void repeated() {
            this.task.run();
        }
    }

    static final class WithTrigger implements SchedulingConfigurer {

        private final SlowTask task;

        WithTrigger(SlowTask task) {
            this.task = task;
        }

        @Override
        public void configureTasks(org.springframework.scheduling.config.ScheduledTaskRegistrar registrar) {
            PeriodicTrigger trigger = new PeriodicTrigger(PERIOD);
            trigger.setFixedRate(true);
            registrar.addTriggerTask(this.task, trigger);
        }
    }
}

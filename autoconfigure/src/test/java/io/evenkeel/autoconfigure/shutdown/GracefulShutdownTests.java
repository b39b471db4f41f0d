// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.EvenkeelShutdownAutoConfiguration;
import io.evenkeel.shutdown.HeldTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Which executors of a context are waited for, and in which of its states. */
@ExtendWith(OutputCaptureExtension.class)
class GracefulShutdownTests {

    private final Queue<Integer> done = new ConcurrentLinkedQueue<>();

    @Test
    void everyTaskOfTheApplicationTaskExecutorIsRun() {
        context().withPropertyValues("spring.task.execution.pool.core-size=1").run(context -> {
            submit(context.getBean("applicationTaskExecutor", Executor.class), 21);
            context.close();
            assertThat(this.done).hasSize(21);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void aLongQueueIsWorkedOffByAnyNumberOfThreads(int threads) {
        AtomicInteger run = new AtomicInteger();
        context()
                .withPropertyValues("spring.task.execution.pool.core-size=" + threads)
                .run(context -> {
                    Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
                    for (int i = 0; i < 1000; i++) {
                        executor.execute(() -> {
                            LockSupport.parkNanos(100_000);
                            run.incrementAndGet();
                        });
                    }
                    context.close();
                    assertThat(run).hasValue(1000);
                });
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void everyTaskOnVirtualThreadsIsRun() {
        context().withPropertyValues("spring.threads.virtual.enabled=true").run(context -> {
            submit(context.getBean("applicationTaskExecutor", SimpleAsyncTaskExecutor.class), 50);
            context.close();
            assertThat(this.done).hasSize(50);
        });
    }

    @Test
    void everyTaskOfAnExecutorOfTheApplicationIsRun() {
        context().withBean("own", ThreadPoolTaskExecutor.class).run(context -> {
            submit(context.getBean("own", Executor.class), 21);
            context.close();
            assertThat(this.done).hasSize(21);
        });
    }

    @Test
    void soIsEveryTaskOfAnExecutorThatStartsAThreadForEach() {
        context().withBean("own", SimpleAsyncTaskExecutor.class).run(context -> {
            submit(context.getBean("own", Executor.class), 21);
            context.close();
            assertThat(this.done).hasSize(21);
        });
    }

    @Test
    void itsLimitOfTasksAtOnceIsKept() {
        SimpleAsyncTaskExecutor limited = new SimpleAsyncTaskExecutor();
        limited.setConcurrencyLimit(1);
        context().withBean("own", SimpleAsyncTaskExecutor.class, () -> limited).run(context -> {
            HeldTask first = new HeldTask(() -> this.done.add(1));
            limited.execute(first);
            Thread second = new Thread(() -> limited.execute(() -> this.done.add(2)), "submitter");
            second.start();
            first.awaitStart();
            releaseWhenClosing(context, first);
            context.close();
            second.join(5_000);
            assertThat(this.done).contains(1);
        });
    }

    @Test
    void everyTaskOfAPoolOfTheJdkIsRun() {
        context()
                .withBean("own", ThreadPoolExecutor.class, () -> (ThreadPoolExecutor) Executors.newFixedThreadPool(1))
                .run(context -> {
                    submit(context.getBean("own", Executor.class), 21);
                    context.close();
                    assertThat(this.done).hasSize(21);
                });
    }

    @Test
    void everyTaskOfAPoolOfTheJdkInAnExecutorOfSpringIsRun() {
        ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(1);
        context().withBean("own", ConcurrentTaskExecutor.class, pool).run(context -> {
            submit(context.getBean("own", Executor.class), 21);
            context.close();
            assertThat(this.done).hasSize(21);
        });
        pool.shutdownNow();
    }

    @Test
    void whatTasksSubmitIsRunWhereverTheySubmitIt() {
        context()
                .withBean("a", ThreadPoolTaskExecutor.class)
                .withBean("b", SimpleAsyncTaskExecutor.class)
                .run(context -> {
                    Executor a = context.getBean("a", Executor.class);
                    Executor b = context.getBean("b", Executor.class);
                    a.execute(() ->
                            later(() -> b.execute(() -> later(() -> a.execute(() -> later(() -> submit(b, 1)))))));
                    context.close();
                    assertThat(this.done).hasSize(1);
                });
    }

    @Test
    void whatBeansSubmitWhenTheyAreDestroyedIsRun() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setCorePoolSize(1);
        context()
                .withBean("own", ThreadPoolTaskExecutor.class, () -> executor)
                .withBean("farewell", DisposableBean.class, () -> () -> submit(executor, 3))
                .run(context -> {
                    context.close();
                    assertThat(this.done).hasSize(3);
                });
    }

    @Test
    void tasksOfAContextThatFailsToStartAreRun() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        context()
                .withBean("own", ThreadPoolTaskExecutor.class, () -> executor)
                .withBean("broken", String.class, () -> {
                    submit(executor, 3);
                    throw new IllegalStateException("broken");
                })
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(this.done).hasSize(3);
                });
    }

    @Test
    void aTaskOfASchedulerThatRunsIsWaitedForAndOthersAreNot(CapturedOutput log) {
        context().withBean("scheduler", ThreadPoolTaskScheduler.class).run(context -> {
            ThreadPoolTaskScheduler scheduler = context.getBean(ThreadPoolTaskScheduler.class);
            HeldTask running = new HeldTask(() -> this.done.add(1));
            scheduler.scheduleAtFixedRate(running, Duration.ofMillis(1));
            scheduler.schedule(() -> this.done.add(2), Instant.now().plusSeconds(3600));
            running.awaitStart();
            releaseWhenClosing(context, running);
            context.close();
            assertThat(this.done).containsExactly(1);
        });
        assertThat(log).contains("Shutdown: 1 task of scheduler 'scheduler' that would be due later will not run");
    }

    @Test
    void aTaskWithFixedDelayThatRunsIsWaitedFor() {
        context().withBean("scheduler", SimpleAsyncTaskScheduler.class).run(context -> {
            SimpleAsyncTaskScheduler scheduler = context.getBean(SimpleAsyncTaskScheduler.class);
            HeldTask fixedDelay = new HeldTask(() -> this.done.add(1));
            HeldTask fixedRate = new HeldTask(() -> this.done.add(2));
            scheduler.scheduleWithFixedDelay(fixedDelay, Duration.ofMillis(1));
            scheduler.scheduleAtFixedRate(fixedRate, Duration.ofHours(1));
            fixedDelay.awaitStart();
            fixedRate.awaitStart();
            releaseWhenClosing(context, fixedDelay);
            releaseWhenClosing(context, fixedRate);
            context.close();
            assertThat(this.done).containsExactlyInAnyOrder(1, 2);
        });
    }

    @Test
    void aSchedulerOfTheJdkEndsItsRepetitions() {
        context()
                .withBean("own", ScheduledThreadPoolExecutor.class, () -> new ScheduledThreadPoolExecutor(1))
                .run(context -> {
                    ScheduledExecutorService scheduler = context.getBean(ScheduledExecutorService.class);
                    CountDownLatch first = new CountDownLatch(1);
                    scheduler.scheduleAtFixedRate(first::countDown, 0, 1, TimeUnit.MILLISECONDS);
                    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
                    submit(scheduler, 3);
                    context.close();
                    assertThat(this.done).hasSize(3);
                });
    }

    @Test
    void anExcludedExecutorIsNotWaitedFor(CapturedOutput log) {
        context()
                .withBean("own", ThreadPoolTaskExecutor.class)
                .withBean("blind", ConcurrentTaskExecutor.class, () -> new ConcurrentTaskExecutor(task -> {}))
                .withPropertyValues("evenkeel.shutdown.exclude=own,blind")
                .run(context -> {
                    ThreadPoolTaskExecutor executor = context.getBean("own", ThreadPoolTaskExecutor.class);
                    HeldTask first = new HeldTask();
                    executor.execute(first);
                    submit(executor, 5);
                    first.awaitStart();
                    // Spring's own phase would wait for it; then it drops the queue.
                    releaseWhenClosing(context, first);
                    context.close();
                    assertThat(this.done).size().isLessThan(5);
                });
        assertThat(log).doesNotContain("Shutdown waits").doesNotContain("WARN");
    }

    @Test
    void anExecutorThatDoesNotTellOfItsTasksIsNamedAtTheStart(CapturedOutput log) {
        context()
                .withBean("blind", ConcurrentTaskExecutor.class, () -> new ConcurrentTaskExecutor(task -> {}))
                .withBean("direct", SyncTaskExecutor.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log)
                .contains("WARN")
                .contains("Tasks of executor 'blind' may be lost at shutdown: a "
                        + "org.springframework.scheduling.concurrent.ConcurrentTaskExecutor does not tell of them. "
                        + "Configure evenkeel.executors.blind instead, or silence this with evenkeel.shutdown.exclude.")
                .doesNotContain("'direct'");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void soIsOneOfVirtualThreadsThatCannotBeFollowed(CapturedOutput log) {
        context()
                .withBean("blind", VirtualThreadTaskExecutor.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).contains("Tasks of executor 'blind' may be lost at shutdown");
    }

    @Test
    void anIdleApplicationIsClosedWithoutAWord(CapturedOutput log) {
        context()
                .withBean("own", ThreadPoolTaskExecutor.class)
                .withBean("scheduler", ThreadPoolTaskScheduler.class)
                .run(context -> {
                    ThreadPoolTaskExecutor executor = context.getBean("own", ThreadPoolTaskExecutor.class);
                    executor.submit(() -> {}).get();
                    while (executor.getActiveCount() > 0) {
                        Thread.onSpinWait();
                    }
                    context.close();
                });
        assertThat(log).doesNotContain("Shutdown");
    }

    @Test
    void whatIsLeftAtTheEndOfTheBudgetIsInterruptedAndNamed(CapturedOutput log) {
        context()
                .withBean("own", ThreadPoolTaskExecutor.class)
                .withPropertyValues("evenkeel.shutdown.timeout=300ms")
                .run(context -> {
                    HeldTask task = new HeldTask();
                    Executor executor = context.getBean("own", Executor.class);
                    executor.execute(task);
                    submit(executor, 4);
                    task.awaitStart();
                    context.close();
                    task.awaitEnd();
                    assertThat(task.wasInterrupted()).isTrue();
                    assertThat(this.done).isEmpty();
                });
        assertThat(log)
                .contains(
                        "Shutdown has used up its 0.3s, executor 'own': 0 tasks done, 1 interrupted, 4 never started");
    }

    @Test
    void nothingThatATaskWasGivenIsInTheReport(CapturedOutput log) {
        record Secret(String value, HeldTask task) implements Runnable {
            @Override
            public void run() {
                this.task.run();
            }
        }
        context().withPropertyValues("evenkeel.shutdown.timeout=100ms").run(context -> {
            Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
            HeldTask first = new HeldTask();
            executor.execute(new Secret("geheim", first));
            for (int i = 0; i < 10; i++) {
                executor.execute(new Secret("geheim", new HeldTask()));
            }
            first.awaitStart();
            context.close();
            first.awaitEnd();
        });
        assertThat(log).contains("Shutdown has used up").doesNotContain("geheim");
    }

    @Test
    void whoWaitsForTheFutureOfATaskIsTold() {
        context().withPropertyValues("spring.task.execution.pool.core-size=1").run(context -> {
            AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
            HeldTask first = new HeldTask();
            executor.execute(first);
            CompletableFuture<String> future = executor.submitCompletable(() -> "done");
            releaseWhenClosing(context, first);
            context.close();
            assertThat(future).isCompletedWithValue("done");
        });
    }

    @Test
    void whatTasksUseIsStoppedAfterThem() {
        ContextEndTests.Resource resource = new ContextEndTests.Resource();
        context().withBean(ContextEndTests.Resource.class, () -> resource).run(context -> {
            Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
            for (int i = 0; i < 20; i++) {
                executor.execute(() -> later(() -> this.done.add(resource.isRunning() ? 1 : 0)));
            }
            context.close();
            assertThat(resource.isRunning()).isFalse();
            assertThat(this.done).hasSize(20).containsOnly(1);
        });
    }

    @Test
    void aTaskThatIgnoresInterruptsHoldsUpNoLaterStep(CapturedOutput log) {
        HeldTask task = HeldTask.thatIgnoresInterrupts();
        context()
                .withBean("own", ThreadPoolTaskExecutor.class)
                .withBean("simple", SimpleAsyncTaskExecutor.class)
                .withPropertyValues(
                        "evenkeel.shutdown.timeout=100ms", "spring.task.execution.shutdown.await-termination=true")
                .run(context -> {
                    context.getBean("own", Executor.class).execute(task);
                    task.awaitStart();
                    context.close();
                    assertThat(task.hasEnded()).isFalse();
                });
        task.releaseAndAwaitEnd();
        assertThat(log)
                .contains("1 interrupted (1 of them still running)")
                .doesNotContain("Shutdown phase")
                .doesNotContain("Timed out");
    }

    @Test
    void requestsInFlightMayUseTwoThirdsOfTheBudget(CapturedOutput log) {
        context()
                .withBean("requests", StuckRequests.class)
                .withPropertyValues("evenkeel.shutdown.timeout=300ms")
                .run(ConfigurableApplicationContext::close);
        assertThat(log).contains("still running after timeout of 200ms: [requests]");
    }

    @Test
    void anExplicitLimitOfPhasesHoldsForRequests(CapturedOutput log) {
        context()
                .withBean("requests", StuckRequests.class)
                .withPropertyValues("evenkeel.shutdown.timeout=300ms")
                .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=250ms")
                .run(ConfigurableApplicationContext::close);
        assertThat(log).contains("still running after timeout of 250ms: [requests]");
    }

    @Test
    void soDoesALimitOfAProcessorThatTheApplicationMade(CapturedOutput log) {
        DefaultLifecycleProcessor processor = new DefaultLifecycleProcessor();
        processor.setTimeoutForShutdownPhase(Integer.MAX_VALUE - 1024, 150);
        context()
                .withBean("lifecycleProcessor", DefaultLifecycleProcessor.class, () -> processor)
                .withBean("requests", StuckRequests.class)
                .withPropertyValues("evenkeel.shutdown.timeout=300ms")
                .run(ConfigurableApplicationContext::close);
        assertThat(log).contains("still running after timeout of 150ms: [requests]");
    }

    @ParameterizedTest
    @ValueSource(classes = {ThreadPoolTaskExecutor.class, SimpleAsyncTaskExecutor.class, ThreadPoolTaskScheduler.class})
    void aTaskMayCloseTheContextAndWaitsForTheOthersOnly(Class<? extends Executor> type, CapturedOutput log) {
        context()
                .withBean("own", type)
                .withBean("other", ThreadPoolTaskExecutor.class)
                .run(context -> {
                    AtomicBoolean interrupted = new AtomicBoolean();
                    HeldTask closing = new HeldTask(() -> {
                        context.close();
                        interrupted.set(Thread.currentThread().isInterrupted());
                    });
                    context.getBean("own", Executor.class).execute(closing);
                    submit(context.getBean("other", Executor.class), 5);
                    closing.awaitStart().releaseAndAwaitEnd();
                    assertThat(this.done).hasSize(5);
                    assertThat(interrupted).isFalse();
                    assertThat(context.getSourceApplicationContext().isActive()).isFalse();
                });
        assertThat(log).doesNotContain("'own'", "used up", "Shutdown phase", "Timed out");
    }

    @ParameterizedTest
    @ValueSource(classes = {ThreadPoolTaskExecutor.class, SimpleAsyncTaskExecutor.class})
    void aTaskThatClosesTheContextIsNotInterruptedWithTheOthers(Class<? extends Executor> type, CapturedOutput log) {
        context()
                .withBean("own", type)
                .withBean("other", ThreadPoolTaskExecutor.class)
                .withPropertyValues("evenkeel.shutdown.timeout=100ms")
                .run(context -> {
                    AtomicBoolean interrupted = new AtomicBoolean();
                    HeldTask other = new HeldTask();
                    HeldTask closing = new HeldTask(() -> {
                        context.close();
                        interrupted.set(Thread.currentThread().isInterrupted());
                    });
                    context.getBean("other", Executor.class).execute(other);
                    context.getBean("own", Executor.class).execute(closing);
                    other.awaitStart();
                    closing.awaitStart().releaseAndAwaitEnd();
                    other.awaitEnd();
                    assertThat(other.wasInterrupted()).isTrue();
                    assertThat(interrupted).isFalse();
                });
        assertThat(log)
                .contains("executor 'other': 0 tasks done, 1 interrupted")
                .doesNotContain("executor 'own'");
    }

    @Test
    void aContextThatIsStoppedAndStartedLosesNothing() {
        context().withBean("own", ThreadPoolTaskExecutor.class).run(context -> {
            HeldTask first = new HeldTask(() -> this.done.add(0));
            Executor executor = context.getBean("own", Executor.class);
            executor.execute(first);
            submit(executor, 3);
            first.awaitStart();
            Thread stopping = new Thread(context::stop, "stopping");
            stopping.start();
            first.release();
            stopping.join(10_000);
            context.start();
            context.close();
            assertThat(this.done).hasSize(4);
        });
    }

    @Test
    void aPausedContextRunsItsTasksWhenItIsClosed() {
        context().withBean("own", ThreadPoolTaskExecutor.class).run(context -> {
            ThreadPoolTaskExecutor executor = context.getBean("own", ThreadPoolTaskExecutor.class);
            context.getSourceApplicationContext().pause();
            submit(executor, 3);
            assertThat(this.done).isEmpty();
            context.close();
            assertThat(this.done).hasSize(3);
        });
    }

    @Test
    void theEndOfAChildContextIsNotThatOfItsParent() {
        context().withBean("own", ThreadPoolTaskExecutor.class).run(parent -> {
            AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext();
            child.setParent(parent);
            child.refresh();
            HeldTask task = new HeldTask();
            parent.getBean("own", Executor.class).execute(task);
            task.awaitStart();
            child.close();
            assertThat(task.hasEnded()).isFalse();
            task.release();
        });
    }

    @Test
    void contextsThatComeAndGoLeaveNoThread() {
        for (int round = 0; round < 50; round++) {
            context().withBean("own", ThreadPoolTaskExecutor.class).run(context -> {
                submit(context.getBean("own", Executor.class), 1);
                context.close();
            });
        }
        assertThat(this.done).hasSize(50);
        long start = System.nanoTime();
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().matches("own-\\d+"))) {
            assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
        }
    }

    @Test
    void aContextThatIsLazyRunsItsTasks() {
        context()
                .withInitializer(context -> context.addBeanFactoryPostProcessor(
                        new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    submit(context.getBean("applicationTaskExecutor", Executor.class), 21);
                    context.close();
                    assertThat(this.done).hasSize(21);
                });
    }

    @Test
    void nothingOfThisIsThereIfEvenkeelIsDisabled() {
        context()
                .withPropertyValues("evenkeel.enabled=false")
                .run(context -> assertThat(context.getBeanNamesForType(Object.class))
                        .noneMatch(name -> name.startsWith("evenkeel")));
    }

    private static void releaseWhenClosing(ConfigurableApplicationContext context, HeldTask task) {
        context.addApplicationListener((org.springframework.context.event.ContextClosedEvent event) -> task.release());
    }

    /** Submits tasks that take a while. */
    private void submit(Executor executor, int count) {
        for (int i = 0; i < count; i++) {
            int number = i;
            executor.execute(() -> later(() -> this.done.add(number)));
        }
    }

    private static void later(Runnable action) {
        LockSupport.parkNanos(5_000_000);
        action.run();
    }

    private static ApplicationContextRunner context() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LifecycleAutoConfiguration.class,
                        TaskExecutionAutoConfiguration.class,
                        EvenkeelShutdownAutoConfiguration.class));
    }

    /** Requests that do not end, in the phase in which web servers wait for them. */
    static final class StuckRequests implements org.springframework.context.SmartLifecycle {

        private volatile boolean running;

        @Override
        public int getPhase() {
            return DEFAULT_PHASE - 1024;
        }

        @Override
        public void start() {
            this.running = true;
        }

        @Override
        public void stop(Runnable callback) {}

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return this.running;
        }
    }
}

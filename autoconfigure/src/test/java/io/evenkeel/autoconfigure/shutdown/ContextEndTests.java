// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelShutdownAutoConfiguration;
import io.evenkeel.shutdown.HeldTask;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.ResolvableType;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

/** The ends that a context can have: by a failure, in steps, twice, while it starts, again and again. */
@ExtendWith(OutputCaptureExtension.class)
public class ContextEndTests {

    private final ShutdownContexts tasks = new ShutdownContexts();

    @Test
    void whatDoesNotFitIsNamedIfTheStartFails(CapturedOutput log) {
        ThreadPoolTaskExecutor executor = ShutdownContexts.oneThread();
        HeldTask task = new HeldTask();
        withCalls()
                .withPropertyValues("evenkeel.shutdown.timeout=100ms")
                .withBean("own", ThreadPoolTaskExecutor.class, () -> executor)
                .withBean("broken", String.class, () -> {
                    executor.execute(task);
                    this.tasks.submit(executor, 2);
                    task.awaitStart();
                    throw new IllegalStateException("broken");
                })
                .run(context -> assertThat(context).hasFailed());
        task.awaitEnd();
        assertThat(task.wasInterrupted()).isTrue();
        assertThat(executor.getThreadPoolExecutor().isShutdown()).isTrue();
        assertThat(log)
                .contains("Shutdown has used up its 0.1s, executor 'own': 0 tasks done, 1 interrupted, 2 never started")
                .doesNotContain("threw an exception");
    }

    @Test
    void whatDoesNotFitIsNamedIfBeansAreLazy(CapturedOutput log) {
        ThreadPoolTaskExecutor executor = ShutdownContexts.oneThread();
        HeldTask task = new HeldTask();
        withCalls()
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withPropertyValues("evenkeel.shutdown.timeout=100ms")
                .withBean("own", ThreadPoolTaskExecutor.class, () -> executor)
                .withBean("farewell", DisposableBean.class, () -> () -> {
                    executor.execute(task);
                    task.awaitStart();
                })
                .run(context -> {
                    context.getBean("own");
                    context.getBean("farewell");
                    context.close();
                });
        task.awaitEnd();
        assertThat(executor.getThreadPoolExecutor().isShutdown()).isTrue();
        assertThat(log)
                .contains("Shutdown has used up its 0.1s, executor 'own': 0 tasks done, 1 interrupted")
                .doesNotContain("threw an exception");
    }

    @Test
    void ifTheStartFailsTasksMayStillSubmitTasksToOtherExecutors() {
        ThreadPoolTaskExecutor a = ShutdownContexts.oneThread();
        ThreadPoolTaskExecutor b = ShutdownContexts.oneThread();
        ShutdownContexts.context()
                .withBean("a", ThreadPoolTaskExecutor.class, () -> a)
                .withBean("b", ThreadPoolTaskExecutor.class, () -> b)
                .withBean("broken", String.class, () -> {
                    a.execute(() -> ShutdownContexts.later(() -> this.tasks.submit(b, 3)));
                    throw new IllegalStateException("broken");
                })
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(this.tasks.done()).hasSize(3);
                });
    }

    @Test
    void ifTheStartFailsTasksOfAllExecutorsAreInterruptedBeforeOneIsDestroyed() {
        List<HeldTask> deaf =
                Stream.generate(HeldTask::thatIgnoresInterrupts).limit(3).toList();
        List<Boolean> allInterrupted = new ArrayList<>();
        List<ThreadPoolTaskExecutor> executors = new ArrayList<>();
        for (int i = 0; i < deaf.size(); i++) {
            executors.add(new ThreadPoolTaskExecutor() {
                @Override
                public void destroy() {
                    allInterrupted.add(deaf.stream().allMatch(HeldTask::wasInterrupted));
                    super.destroy();
                }
            });
        }
        ShutdownContexts.context()
                .withPropertyValues("evenkeel.shutdown.timeout=100ms")
                .withBean("a", ThreadPoolTaskExecutor.class, () -> executors.get(0))
                .withBean("b", ThreadPoolTaskExecutor.class, () -> executors.get(1))
                .withBean("c", ThreadPoolTaskExecutor.class, () -> executors.get(2))
                .withBean("broken", String.class, () -> {
                    for (int i = 0; i < deaf.size(); i++) {
                        executors.get(i).execute(deaf.get(i));
                        deaf.get(i).awaitStart();
                    }
                    throw new IllegalStateException("broken");
                })
                .run(context -> assertThat(context).hasFailed());
        deaf.forEach(HeldTask::releaseAndAwaitEnd);
        assertThat(allInterrupted).containsExactly(true, true, true);
    }

    @Test
    void aContextThatWasStoppedDrainsAllItsExecutorsTogether() {
        ThreadPoolTaskExecutor b = ShutdownContexts.oneThread();
        ShutdownContexts.context()
                .withBean("a", ThreadPoolTaskExecutor.class, ShutdownContexts::oneThread)
                .withBean("b", ThreadPoolTaskExecutor.class, () -> b)
                .run(context -> {
                    context.stop();
                    context.getBean("a", Executor.class)
                            .execute(() -> ShutdownContexts.later(() -> this.tasks.submit(b, 3)));
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
    }

    @Test
    void whatATaskOfAnExecutorSubmitsWhileBeansAreDestroyedIsRun() {
        ThreadPoolTaskExecutor a = ShutdownContexts.oneThread();
        ThreadPoolTaskExecutor b = ShutdownContexts.oneThread();
        ShutdownContexts.context()
                .withBean("a", ThreadPoolTaskExecutor.class, () -> a)
                .withBean("b", ThreadPoolTaskExecutor.class, () -> b)
                .withBean(
                        "farewell",
                        DisposableBean.class,
                        () -> () -> a.execute(() -> ShutdownContexts.later(() -> this.tasks.submit(b, 3))))
                .run(context -> {
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
    }

    @Test
    void anExecutorThatIsDestroyedAloneEndsNothingElse(CapturedOutput log) {
        ShutdownContexts.context()
                .withBean("a", ThreadPoolTaskExecutor.class)
                .withBean("b", ThreadPoolTaskExecutor.class)
                .run(context -> {
                    HeldTask task = new HeldTask();
                    context.getBean("b", Executor.class).execute(task);
                    task.awaitStart();
                    ((org.springframework.beans.factory.support.DefaultListableBeanFactory) context.getBeanFactory())
                            .destroySingleton("a");
                    assertThat(log).doesNotContain("Shutdown waits");
                    task.releaseAndAwaitEnd();
                });
    }

    @Test
    void eventsOnOtherThreadsDoNotHideTheEnd() {
        SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
        multicaster.setTaskExecutor(slow());
        resourceOutlivesTasks(multicaster);
    }

    @Test
    void norDoesAMulticasterThatAsksNobody() {
        SimpleAsyncTaskExecutor slow = slow();
        resourceOutlivesTasks(new SimpleApplicationEventMulticaster() {
            @Override
            public void multicastEvent(ApplicationEvent event, ResolvableType type) {
                if (event instanceof ContextClosedEvent) {
                    slow.execute(() -> super.multicastEvent(event, type));
                } else {
                    super.multicastEvent(event, type);
                }
            }
        });
    }

    private static SimpleAsyncTaskExecutor slow() {
        SimpleAsyncTaskExecutor slow = new SimpleAsyncTaskExecutor("event-");
        slow.setTaskDecorator(event -> () -> ShutdownContexts.later(() -> ShutdownContexts.later(event)));
        return slow;
    }

    private void resourceOutlivesTasks(SimpleApplicationEventMulticaster multicaster) {
        Resource resource = new Resource();
        AtomicInteger without = new AtomicInteger();
        ShutdownContexts.context()
                .withBean("applicationEventMulticaster", SimpleApplicationEventMulticaster.class, () -> multicaster)
                .withBean("resource", Resource.class, () -> resource)
                .withBean("own", ThreadPoolTaskExecutor.class, ShutdownContexts::oneThread)
                .run(context -> {
                    Executor executor = context.getBean("own", Executor.class);
                    for (int i = 0; i < 10; i++) {
                        executor.execute(() -> ShutdownContexts.later(() -> {
                            if (!resource.isRunning()) {
                                without.incrementAndGet();
                            }
                        }));
                    }
                    this.tasks.submit(executor, 1);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(1);
                    assertThat(without).hasValue(0);
                });
    }

    @Test
    void aBeanThatCannotBeDestroyedKeepsNoTaskFromBeingRun() {
        ThreadPoolTaskExecutor executor = ShutdownContexts.oneThread();
        ShutdownContexts.context()
                .withBean("own", ThreadPoolTaskExecutor.class, () -> executor)
                .withBean("farewell", DisposableBean.class, () -> () -> this.tasks.submit(executor, 3))
                .withBean("broken", DisposableBean.class, () -> () -> {
                    throw new IllegalStateException("broken");
                })
                .run(context -> {
                    this.tasks.submit(executor, 3);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(6);
                });
    }

    @Test
    void aContextMayBeClosedByTwoThreadsAtOnce(CapturedOutput log) {
        ShutdownContexts.context()
                .withBean("own", ThreadPoolTaskExecutor.class, ShutdownContexts::oneThread)
                .run(context -> {
                    this.tasks.submit(context.getBean("own", Executor.class), 21);
                    Thread other = new Thread(context::close, "closing");
                    other.start();
                    // One of them does it, the other one may return at once.
                    context.close();
                    other.join(10_000);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(21);
                });
        assertThat(log)
                .containsOnlyOnce("Shutdown waits for")
                .containsOnlyOnce("all tasks are done")
                .doesNotContain("interrupted");
    }

    @Test
    void aContextThatIsClosedWhileItStartsEndsWhenItHasStarted(CapturedOutput log) throws Exception {
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(
                LifecycleAutoConfiguration.class,
                TaskExecutionAutoConfiguration.class,
                EvenkeelShutdownAutoConfiguration.class);
        context.registerBean("slow", String.class, () -> {
            this.tasks.submit(context.getBean("applicationTaskExecutor", Executor.class), 3);
            starting.countDown();
            awaitWithLimit(closing);
            return "slow";
        });
        Thread start = new Thread(context::refresh, "start");
        start.start();
        assertThat(starting.await(10, TimeUnit.SECONDS)).isTrue();
        Thread close = new Thread(context::close, "close");
        close.start();
        // It asks again and again whether the start has ended.
        while (close.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(context.isActive()).isTrue();
        closing.countDown();
        start.join(10_000);
        close.join(10_000);
        assertThat(context.isActive()).isFalse();
        assertThat(this.tasks.done()).hasSize(3);
        assertThat(log).doesNotContain("used up");
    }

    @Test
    void aContextThatIsRefreshedFinishesItsTasksEachTime() {
        try (AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext()) {
            context.register(
                    LifecycleAutoConfiguration.class,
                    TaskExecutionAutoConfiguration.class,
                    EvenkeelShutdownAutoConfiguration.class);
            for (int round = 1; round <= 3; round++) {
                context.refresh();
                Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
                this.tasks.submit(executor, 20);
            }
            context.close();
        }
        assertThat(this.tasks.done()).hasSize(60);
    }

    @Test
    void eachContextWaitsForItsOwnTasks() {
        HeldTask ofOther = new HeldTask(this.tasks.task(1));
        ShutdownContexts.context().run(other -> {
            other.getBean("applicationTaskExecutor", Executor.class).execute(ofOther);
            ofOther.awaitStart();
            ShutdownContexts.context().run(context -> {
                this.tasks.submit(context.getBean("applicationTaskExecutor", Executor.class), 3);
                context.close();
                assertThat(this.tasks.done()).hasSize(3);
                assertThat(ofOther.hasEnded()).isFalse();
            });
            ofOther.release();
            other.close();
            assertThat(this.tasks.done()).hasSize(4);
        });
    }

    @Test
    void contextsMayEndAtTheSameTime() {
        ShutdownContexts.context()
                .run(one -> ShutdownContexts.context().run(other -> {
                    for (ConfigurableApplicationContext context : List.of(one, other)) {
                        this.tasks.submit(context.getBean("applicationTaskExecutor", Executor.class), 50);
                    }
                    Thread closing = new Thread(one::close, "closing");
                    closing.start();
                    other.close();
                    closing.join(10_000);
                    assertThat(this.tasks.done()).hasSize(100);
                }));
    }

    /** To wait without a limit is what Spring takes for being stuck, and interrupts. */
    private static void awaitWithLimit(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static ApplicationContextRunner withCalls() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LifecycleAutoConfiguration.class,
                        TaskExecutionAutoConfiguration.class,
                        EvenkeelAutoConfiguration.class,
                        EvenkeelShutdownAutoConfiguration.class));
    }

    /** Something that tasks need, such as the connections to a database. */
    public static final class Resource implements SmartLifecycle {

        private volatile boolean running;

        @Override
        public int getPhase() {
            return 0;
        }

        @Override
        public void start() {
            this.running = true;
        }

        @Override
        public void stop() {
            this.running = false;
        }

        @Override
        public boolean isRunning() {
            return this.running;
        }
    }
}

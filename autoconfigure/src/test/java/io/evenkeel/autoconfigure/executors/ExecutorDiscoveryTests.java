// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.shutdown.ContextEndTests;
import io.evenkeel.autoconfigure.shutdown.ShutdownContexts;
import io.evenkeel.shutdown.HeldTask;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.aopalliance.intercept.Joinpoint;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ScheduledExecutorFactoryBean;
import org.springframework.scheduling.concurrent.ThreadPoolExecutorFactoryBean;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.config.TaskExecutorFactoryBean;

/** Executors that do not come as plain beans of their own are found too, and each of them once. */
@ExtendWith(OutputCaptureExtension.class)
class ExecutorDiscoveryTests {

    private final ShutdownContexts tasks = new ShutdownContexts();

    @Test
    void aTaskOfAFactoryBeanThatIgnoresInterruptsHoldsUpNoLaterStep(CapturedOutput log) {
        HeldTask task = HeldTask.thatIgnoresInterrupts();
        ShutdownContexts.context()
                .withBean("own", ThreadPoolExecutorFactoryBean.class)
                .withPropertyValues("evenkeel.shutdown.timeout=100ms", "spring.lifecycle.timeout-per-shutdown-phase=1s")
                .run(context -> {
                    context.getBean("own", Executor.class).execute(task);
                    task.awaitStart();
                    context.close();
                });
        task.releaseAndAwaitEnd();
        assertThat(log)
                .contains("executor 'own': 0 tasks done, 1 interrupted (1 of them still running)")
                .doesNotContain("Shutdown phase");
    }

    @ParameterizedTest
    @ValueSource(classes = {ThreadPoolExecutorFactoryBean.class, TaskExecutorFactoryBean.class})
    void whatBeansSubmitToTheExecutorOfAFactoryBeanWhenTheyAreDestroyedIsRun(Class<?> factoryBean) {
        AtomicReference<Executor> executor = new AtomicReference<>();
        ShutdownContexts.context()
                .withBean("own", factoryBean)
                .withBean("farewell", DisposableBean.class, () -> () -> this.tasks.submit(executor.get(), 3))
                .run(context -> {
                    executor.set(context.getBean("own", Executor.class));
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
    }

    @Test
    void everyDueTaskOfTheSchedulerOfAFactoryBeanIsRun() {
        ShutdownContexts.context()
                .withBean("own", ScheduledExecutorFactoryBean.class)
                .run(context -> {
                    this.tasks.submit(context.getBean("own", Executor.class), 21);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(21);
                });
    }

    @Test
    void aPausedFactoryBeanRunsItsTasks(CapturedOutput log) {
        ShutdownContexts.context()
                .withBean("own", ThreadPoolExecutorFactoryBean.class)
                .withPropertyValues("evenkeel.shutdown.timeout=2s")
                .run(context -> {
                    context.getSourceApplicationContext().pause();
                    ThreadPoolExecutor pool = context.getBean("own", ThreadPoolExecutor.class);
                    this.tasks.submit(pool, 3);
                    while (pool.getQueue().size() > 2) {
                        Thread.onSpinWait();
                    }
                    LockSupport.parkNanos(20_000_000);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
        assertThat(log).doesNotContain("used up");
    }

    @Test
    void theExecutorOfAFactoryBeanMayBeWrapped(CapturedOutput log) {
        ThreadPoolExecutorFactoryBean factoryBean = new ThreadPoolExecutorFactoryBean();
        factoryBean.setExposeUnconfigurableExecutor(true);
        ShutdownContexts.context()
                .withBean("own", ThreadPoolExecutorFactoryBean.class, () -> factoryBean)
                .run(context -> {
                    this.tasks.submit(context.getBean("own", Executor.class), 3);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void anExecutorThatIsRegisteredAsASingletonIsFound() {
        ShutdownContexts.context()
                .withInitializer(context ->
                        context.getBeanFactory().registerSingleton("own", new SimpleAsyncTaskExecutor("own-")))
                .run(context -> {
                    this.tasks.submit(context.getBean("own", Executor.class), 3);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
    }

    @Test
    void soIsOneThatIsRegisteredWhenTheApplicationRuns() {
        ShutdownContexts.context().run(context -> {
            SimpleAsyncTaskExecutor late = new SimpleAsyncTaskExecutor("late-");
            context.getBeanFactory().registerSingleton("late", late);
            // A task of a thread per task that began before the end is not seen.
            context.addApplicationListener((ContextClosedEvent event) -> this.tasks.submit(late, 3));
            context.close();
            assertThat(this.tasks.done()).hasSize(3);
        });
    }

    @Test
    void anExecutorThatAPostProcessorNeedsIsFound() {
        ShutdownContexts.context().withUserConfiguration(Early.class).run(context -> {
            this.tasks.submit(context.getBean("early", Executor.class), 3);
            context.close();
            assertThat(this.tasks.done()).hasSize(3);
        });
    }

    @Test
    void aDecoratorThatIsSetLaterHidesNoTask() {
        ShutdownContexts.context()
                .withBean(LateDecorator.class)
                .withBean("own", SimpleAsyncTaskExecutor.class)
                .run(context -> {
                    this.tasks.submit(context.getBean("own", Executor.class), 3);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
    }

    @Test
    void anExecutorServiceThatDoesNotTellIsNamedWhoeverWroteIt(CapturedOutput log) {
        ExecutorService monitored =
                ExecutorServiceMetrics.monitor(new SimpleMeterRegistry(), Executors.newFixedThreadPool(1), "pool");
        ShutdownContexts.context()
                .withBean("blind", ExecutorService.class, () -> monitored)
                .withBean("adapted", TaskExecutorAdapter.class, () -> new TaskExecutorAdapter(Runnable::run))
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log)
                .contains("Tasks of executor 'blind' may be lost at shutdown: a " + "io.micrometer")
                .contains("Tasks of executor 'adapted' may be lost at shutdown");
    }

    @Test
    void anExecutorWithTwoNamesIsCountedOnce(CapturedOutput log) {
        ShutdownContexts.context()
                .withUserConfiguration(TwoNames.class)
                .withPropertyValues("evenkeel.shutdown.timeout=200ms")
                .run(context -> {
                    HeldTask task = new HeldTask();
                    context.getBean("taskExecutor", Executor.class).execute(task);
                    task.awaitStart();
                    context.close();
                    task.awaitEnd();
                });
        assertThat(log)
                .containsOnlyOnce("Shutdown has used up")
                .contains("executor 'mail': 0 tasks done, 1 interrupted");
    }

    @Test
    void soIsAPoolInAnExecutorOfSpring(CapturedOutput log) {
        ThreadPoolTaskExecutor mail = ShutdownContexts.oneThread();
        ShutdownContexts.context()
                .withBean("mail", ThreadPoolTaskExecutor.class, () -> mail)
                .withBean("wrapper", ConcurrentTaskExecutor.class, () -> new ConcurrentTaskExecutor(mail))
                .withPropertyValues("evenkeel.shutdown.timeout=200ms")
                .run(context -> {
                    HeldTask task = new HeldTask();
                    context.getBean("wrapper", Executor.class).execute(task);
                    task.awaitStart();
                    context.close();
                    task.awaitEnd();
                });
        assertThat(log).containsOnlyOnce("Shutdown has used up").doesNotContain("may be lost");
    }

    @Test
    void tasksOfAnExecutorWithTwoNamesAreRunBeforeTheFirstOfThemIsDestroyed() {
        ShutdownContexts.context().withUserConfiguration(TwoNames.class).run(context -> {
            ThreadPoolTaskExecutor executor = context.getBean("mail", ThreadPoolTaskExecutor.class);
            ((DefaultListableBeanFactory) context.getBeanFactory())
                    .registerDisposableBean("farewell", () -> this.tasks.submit(executor, 3));
            context.close();
            assertThat(this.tasks.done()).hasSize(3);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"mail", "taskExecutor"})
    void eitherNameExcludesIt(String name, CapturedOutput log) {
        ShutdownContexts.context()
                .withUserConfiguration(TwoNames.class)
                .withPropertyValues("evenkeel.shutdown.exclude=" + name)
                .run(context -> {
                    HeldTask task = new HeldTask();
                    context.getBean("mail", Executor.class).execute(task);
                    task.awaitStart();
                    ShutdownContexts.releaseWhenClosing(context, task);
                    context.close();
                });
        assertThat(log).doesNotContain("Shutdown waits");
    }

    @Test
    void anAliasExcludesIt(CapturedOutput log) {
        ShutdownContexts.context()
                .withPropertyValues("evenkeel.shutdown.exclude=bootstrapExecutor")
                .run(context -> {
                    HeldTask task = new HeldTask();
                    context.getBean("applicationTaskExecutor", Executor.class).execute(task);
                    task.awaitStart();
                    ShutdownContexts.releaseWhenClosing(context, task);
                    context.close();
                });
        assertThat(log).doesNotContain("Shutdown waits").doesNotContain("WARN");
    }

    @Test
    void theDecoratorOfAProxiedExecutorIsKept() {
        ShutdownContexts.context().withUserConfiguration(Proxied.class).run(context -> {
            this.tasks.submit(context.getBean("own", Executor.class), 3);
            context.close();
            assertThat(this.tasks.done()).hasSize(3);
            assertThat(Proxied.DECORATED).hasValue(3);
        });
    }

    @Test
    void anExecutorThatATaskCreatesIsWaitedForWithTheOthers(CapturedOutput log) {
        ContextEndTests.Resource resource = new ContextEndTests.Resource();
        AtomicInteger withResource = new AtomicInteger();
        ShutdownContexts.context()
                .withBean(ContextEndTests.Resource.class, () -> resource)
                .withBean("own", ThreadPoolTaskExecutor.class, ShutdownContexts::oneThread)
                .withBean(
                        "lazy",
                        SimpleAsyncTaskExecutor.class,
                        SimpleAsyncTaskExecutor::new,
                        definition -> definition.setLazyInit(true))
                .run(context -> {
                    BeanFactory beans = context.getBeanFactory();
                    context.getBean("own", Executor.class).execute(() -> {
                        while (!log.toString().contains("Shutdown waits for 'own'")) {
                            LockSupport.parkNanos(1_000_000);
                        }
                        beans.getBean("lazy", Executor.class).execute(() -> {
                            LockSupport.parkNanos(50_000_000);
                            withResource.addAndGet(resource.isRunning() ? 1 : 0);
                        });
                    });
                    context.close();
                    assertThat(withResource).hasValue(1);
                });
    }

    /** An executor that exists before all post-processors do. */
    @Configuration(proxyBeanMethods = false)
    static class Early {

        @Bean
        static SimpleAsyncTaskExecutor early() {
            return new SimpleAsyncTaskExecutor("early-");
        }

        @Bean
        static NeedsAnExecutor needsAnExecutor(@Qualifier("early") Executor executor) {
            return new NeedsAnExecutor(executor);
        }
    }

    record NeedsAnExecutor(Executor executor) implements BeanPostProcessor, PriorityOrdered {

        @Override
        public int getOrder() {
            return 0;
        }
    }

    static final class LateDecorator implements BeanPostProcessor {

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (bean instanceof SimpleAsyncTaskExecutor executor) {
                executor.setTaskDecorator(task -> task::run);
            }
            return bean;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoNames {

        @Bean
        ThreadPoolTaskExecutor mail() {
            return ShutdownContexts.oneThread();
        }

        @Bean
        Executor taskExecutor(ThreadPoolTaskExecutor mail) {
            return mail;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Proxied {

        static final AtomicInteger DECORATED = new AtomicInteger();

        @Bean
        static DefaultAdvisorAutoProxyCreator proxyCreator() {
            DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
            creator.setProxyTargetClass(true);
            creator.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return creator;
        }

        @Bean
        static Advisor advisor() {
            NameMatchMethodPointcut execute = new NameMatchMethodPointcut();
            execute.addMethodName("execute");
            return new DefaultPointcutAdvisor(execute, (MethodInterceptor) Joinpoint::proceed);
        }

        @Bean
        SimpleAsyncTaskExecutor own() {
            SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("own-");
            executor.setTaskDecorator(task -> () -> {
                DECORATED.incrementAndGet();
                task.run();
            });
            return executor;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelShutdownAutoConfiguration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** What the log says at the start about the end. */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownAdviceTests {

    @Test
    void theDefaultsNeedNoAdvice(CapturedOutput log) {
        start();
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void requestsThatMayUseUpTheBudgetAreNamed(CapturedOutput log) {
        start("spring.lifecycle.timeout-per-shutdown-phase=30s");
        assertThat(log)
                .contains("WARN")
                .contains("spring.lifecycle.timeout-per-shutdown-phase is 30s, evenkeel.shutdown.timeout is 25s");
    }

    @Test
    void requestsThatLeaveSomethingForTasksAreNot(CapturedOutput log) {
        start("spring.lifecycle.timeout-per-shutdown-phase=20s");
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void onKubernetesABudgetAboveItsGraceIsNamed(CapturedOutput log) {
        start("evenkeel.shutdown.timeout=30s", "spring.main.cloud-platform=kubernetes");
        assertThat(log).contains("unless terminationGracePeriodSeconds is higher: evenkeel.shutdown.timeout is 30s");
    }

    @Test
    void onKubernetesTheDefaultIsNot(CapturedOutput log) {
        start("spring.main.cloud-platform=kubernetes");
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void anExclusionOfWhatIsNotThereIsNamedWithTheExecutorsThatAre(CapturedOutput log) {
        start("evenkeel.shutdown.exclude=mial");
        assertThat(log)
                .contains("evenkeel.shutdown.exclude names 'mial', but there is no such bean. The executors are: "
                        + "applicationTaskExecutor");
    }

    @Test
    void asynchronousMethodsWithoutAnExecutorThatIsABeanAreNamed(CapturedOutput log) {
        contexts()
                .withUserConfiguration(Async.class)
                .withBean("a", ThreadPoolTaskExecutor.class)
                .withBean("b", ThreadPoolTaskExecutor.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log)
                .contains("WARN")
                .contains(
                        "@Async methods that name no executor run on threads that are no bean, and are lost at shutdown: "
                                + "of the executors a, b none is @Primary or called 'taskExecutor'.");
    }

    @Test
    void soAreTheyIfTheOnlyExecutorIsNotOneOfSpring(CapturedOutput log) {
        contexts()
                .withUserConfiguration(Async.class)
                .withBean("pool", ExecutorService.class, () -> Executors.newFixedThreadPool(1))
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).contains("of the executors pool none is");
    }

    @Test
    void asynchronousMethodsOfSpringBootsExecutorAreNot(CapturedOutput log) {
        contexts()
                .withUserConfiguration(Async.class)
                .withPropertyValues("evenkeel.executors.mail.pool.core-size=1")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void norThoseOfTheOnlyExecutorBesideThoseOfProperties(CapturedOutput log) {
        contexts()
                .withUserConfiguration(Async.class)
                .withBean("own", ThreadPoolTaskExecutor.class)
                .withPropertyValues("evenkeel.executors.mail.pool.core-size=1")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void norThoseOfAnExecutorOfThatName(CapturedOutput log) {
        contexts()
                .withUserConfiguration(Async.class)
                .withBean("taskExecutor", ThreadPoolTaskExecutor.class)
                .withBean("b", ThreadPoolTaskExecutor.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void aConfigurerWithoutAnExecutorDoesNotHelp(CapturedOutput log) {
        contexts()
                .withUserConfiguration(Async.class)
                .withBean("a", ThreadPoolTaskExecutor.class)
                .withBean("b", ThreadPoolTaskExecutor.class)
                .withBean(AsyncConfigurer.class, () -> new AsyncConfigurer() {})
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).contains("of the executors a, b none is");
    }

    @Test
    void oneWithAnExecutorDoes(CapturedOutput log) {
        contexts()
                .withUserConfiguration(Async.class)
                .withBean("a", ThreadPoolTaskExecutor.class)
                .withBean("b", ThreadPoolTaskExecutor.class)
                .withBean(AsyncConfigurer.class, () -> new AsyncConfigurer() {
                    @Override
                    public Executor getAsyncExecutor() {
                        throw new IllegalStateException("To ask might make one");
                    }
                })
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void withoutAsynchronousMethodsSeveralExecutorsAreFine(CapturedOutput log) {
        contexts()
                .withBean("a", ThreadPoolTaskExecutor.class)
                .withBean("b", ThreadPoolTaskExecutor.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).doesNotContain("WARN");
    }

    @Test
    void theShutdownNeedsNoHttpClient() {
        contexts()
                .withClassLoader(new FilteredClassLoader("org.apache.hc", "io.evenkeel.transport"))
                .run(context -> assertThat(context).hasNotFailed().hasBean("evenkeelGracefulShutdown"));
    }

    private static void start(String... properties) {
        contexts()
                .withPropertyValues(properties)
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static ApplicationContextRunner contexts() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        TaskExecutionAutoConfiguration.class,
                        EvenkeelAutoConfiguration.class,
                        EvenkeelExecutorsAutoConfiguration.class,
                        EvenkeelShutdownAutoConfiguration.class));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Async {}
}

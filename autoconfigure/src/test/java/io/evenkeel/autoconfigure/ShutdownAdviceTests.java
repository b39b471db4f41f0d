// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

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
    void theShutdownNeedsNoHttpClient() {
        contexts()
                .withClassLoader(new FilteredClassLoader("org.apache.hc", "io.evenkeel.transport"))
                .run(context -> assertThat(context).hasNotFailed().hasBean("evenkeelShutdownLifecycle"));
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
                        EvenkeelShutdownAutoConfiguration.class));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** What somebody reads who starts an application with a mistake in the configuration of an executor. */
@ExtendWith(OutputCaptureExtension.class)
class ExecutorStartupFailureTests {

    @ParameterizedTest
    @CsvSource({
        "evenkeel.executors.mailSender.pool.cor-size, evenkeel.executors.mailSender.pool.core-size",
        "evenkeel.executors.mailSender.core-size, evenkeel.executors.mailSender.pool.core-size",
        "evenkeel.executors.mailSender.pool.size, evenkeel.executors.mailSender.pool.max-size",
        "evenkeel.executors.mailSender.queue-capacity, evenkeel.executors.mailSender.pool.queue-capacity",
        "evenkeel.executors.mailSender.pool.keep-alife, evenkeel.executors.mailSender.pool.keep-alive",
        "evenkeel.executors.mailSender.thread, evenkeel.executors.mailSender.threads",
        "evenkeel.executors.mailSender.name-prefix, evenkeel.executors.mailSender.thread-name-prefix"
    })
    void anUnknownKeyIsExplainedWithTheOneThatWasMeant(String unknown, String known, CapturedOutput output) {
        start("--" + unknown + "=2", "--evenkeel.executors.mailSender.pool.core-size=2");
        assertThat(output)
                .contains("Configuration property '" + unknown + "' (from")
                .contains("Did you mean '" + known + "'?");
    }

    @Test
    void anUnknownKeyBelowAnExecutorThatHasNoOtherIsExplainedToo(CapturedOutput output) {
        start("--evenkeel.executors.mail.pool.cor-size=2");
        assertThat(output).contains("Did you mean 'evenkeel.executors.mail.pool.core-size'?");
    }

    @Test
    void aRefusedValueIsExplainedWithItsOrigin(CapturedOutput output) {
        start("--evenkeel.executors.mailSender.pool.keep-alive=30");
        assertThat(output)
                .contains(
                        "Configuration property 'evenkeel.executors.mailSender.pool.keep-alive' is '30', which is 30ms"
                                + " (from the command line), but a number without unit is milliseconds")
                .contains("Did you mean 30s?");
    }

    @Test
    void aRefusedNameIsExplained(CapturedOutput output) {
        start("--evenkeel.executors.taskExecutor.pool.core-size=2");
        assertThat(output)
                .contains(
                        "Configuration property 'evenkeel.executors.<name>' is 'taskExecutor', but Spring looks under that"
                                + " name for the executor of all '@Async' methods that name none.")
                .contains("Choose another name.");
    }

    @Test
    void aValueInThePlaceOfKeysIsExplained(CapturedOutput output) {
        start("--evenkeel.executors.mail=4");
        assertThat(output)
                .contains(
                        "Configuration property 'evenkeel.executors.mail' (from the command line) has a value, but it is a"
                                + " section")
                .contains("Write 'evenkeel.executors.mail.threads', for example");
    }

    private static void start(String... arguments) {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .build();
        assertThatException().isThrownBy(() -> application.run(arguments).close());
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({TaskExecutionAutoConfiguration.class, EvenkeelExecutorsAutoConfiguration.class})
    static class Application {}
}

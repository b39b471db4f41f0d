// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.executors.ExecutorContexts;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/** Each dead or dangerous value of an executor is refused, with key, value, reason and remedy. */
class RefusedExecutorSettingsTests {

    private static final String PREFIX = "evenkeel.executors.mailSender.";

    /**
     * Properties, separated by '&', '~' stands for the prefix of the executor; the key that is named, without the
     * prefix; words of the reason; words of the remedy.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // negative
                "~pool.core-size=-1 | pool.core-size | cannot be negative | at least 1",
                "~pool.core-size=-2147483648 | pool.core-size | cannot be negative | at least 1",
                "~pool.max-size=-1 | pool.max-size | no task could ever run | at least 1",
                "~pool.queue-capacity=-1 | pool.queue-capacity | not mean 'unbounded' | or 2147483647",
                "~pool.keep-alive=-1s | pool.keep-alive | cannot be negative | at least 1s",
                "~pool.keep-alive=-1 | pool.keep-alive | cannot be negative | at least 1s",
                // 0 where it can mean nothing
                "~pool.core-size=0 | pool.core-size | one thread works on the queue | Write 1",
                "~pool.core-size=0 & ~pool.queue-capacity=5 & ~pool.max-size=2 | pool.core-size | one thread works"
                        + " | 'evenkeel.executors.mailSender.pool.queue-capacity: 0' too",
                "~pool.max-size=0 | pool.max-size | no task could ever run | at least 1",
                "~pool.keep-alive=0 | pool.keep-alive | cannot be 0 for them"
                        + " | 'spring.task.execution.pool.allow-core-thread-timeout: false'",
                // too small or too large to be meant
                "~pool.keep-alive=30 | pool.keep-alive | number without unit | Did you mean 30s",
                "~pool.keep-alive=999ms | pool.keep-alive | whole seconds | Write 1s or 2s",
                "~pool.keep-alive=1500ms | pool.keep-alive | whole seconds | Write 1s or 2s",
                "~pool.keep-alive=1us | pool.keep-alive | whole seconds | Write 1s",
                "~pool.keep-alive=25h | pool.keep-alive | for that long | at most 24h",
                "~pool.keep-alive=100000d | pool.keep-alive | for that long | at most 24h",
                "~threads=platform & ~pool.core-size=10001 | pool.core-size | out of memory | threads: virtual'",
                "~threads=platform & ~pool.core-size=2147483647 | pool.core-size | out of memory | at most 10000",
                "~threads=platform & ~pool.queue-capacity=5 & ~pool.max-size=10001 | pool.max-size | out of memory"
                        + " | at most 10000",
                "~pool.queue-capacity=10000001 | pool.queue-capacity | memory would be full | at most 10000000",
                // together
                "~pool.max-size=16 | pool.max-size | never more than the 8 threads of 'spring.task.execution.pool.core-size'"
                        + " | raise 'evenkeel.executors.mailSender.pool.core-size'",
                "~pool.core-size=4 & ~pool.max-size=16 | pool.max-size"
                        + " | never more than the 4 threads of 'evenkeel.executors.mailSender.pool.core-size'"
                        + " | with 'evenkeel.executors.mailSender.pool.queue-capacity'",
                "~pool.core-size=4 & ~pool.max-size=16 & ~pool.queue-capacity=2147483647 | pool.max-size"
                        + " | never full | Remove it",
                "~pool.core-size=4 & ~pool.max-size=3 | pool.max-size"
                        + " | 'evenkeel.executors.mailSender.pool.core-size' is higher (4) | at least 4",
                "~pool.core-size=4 & ~pool.max-size=3 & ~pool.queue-capacity=5 | pool.max-size | higher (4) | at least 4",
                "~pool.max-size=4 | pool.max-size | 'spring.task.execution.pool.core-size' is higher (8)"
                        + " | or 'evenkeel.executors.mailSender.pool.core-size: 4'",
                "~pool.core-size=4 & spring.task.execution.pool.core-size=1 & spring.task.execution.pool.max-size=3"
                        + " | pool.core-size | 'spring.task.execution.pool.max-size' is lower (3)"
                        + " | 'evenkeel.executors.mailSender.pool.max-size: 4' too",
                "~threads=platform & ~pool.queue-capacity=100 | pool.queue-capacity | platform threads without limit"
                        + " | with 8 the pool never grows",
                "~threads=platform & ~pool.queue-capacity=0 | pool.queue-capacity | platform threads without limit"
                        + " | Write 'evenkeel.executors.mailSender.pool.max-size' too",
                // names of threads
                "~thread-name-prefix= | thread-name-prefix | whose threads | default of 'mailSender-'",
                "~thread-name-prefix=${empty:  } | thread-name-prefix | whose threads | default of 'mailSender-'"
            })
    void isRefusedWithKeyValueReasonAndRemedy(String properties, String name, String reason, String remedy) {
        String key = PREFIX + name;
        String[] pairs =
                StringUtils.trimArrayElements(properties.replace("~", PREFIX).split("&"));
        ExecutorContexts.with(pairs).run(context -> {
            InvalidSettingException failure = Refused.causeOf(context.getStartupFailure());
            assertThat(failure.key()).isEqualTo(key);
            assertThat(failure.reason()).contains(reason);
            assertThat(failure.remedy()).contains(remedy);

            FailureAnalysis analysis = Refused.explain(pairs, failure);
            assertThat(analysis.getDescription())
                    .contains("'" + key + "' is '" + writtenValue(pairs, key) + "'", reason);
            assertThat(analysis.getAction()).contains(remedy);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "~pool.core-size=1",
                "~threads=platform & ~pool.core-size=10000",
                "~pool.core-size=8 & ~pool.max-size=8",
                "~pool.core-size=0 & ~pool.max-size=1 & ~pool.queue-capacity=0",
                "~pool.queue-capacity=10000000 & ~pool.max-size=8",
                "~pool.queue-capacity=2147483647",
                "~pool.keep-alive=1s",
                "~pool.keep-alive=1000",
                "~pool.keep-alive=24h",
                "~pool.keep-alive=0 & spring.task.execution.pool.allow-core-thread-timeout=false",
                "~pool.max-size=16 & spring.task.execution.pool.queue-capacity=10",
                "~thread-name-prefix=m"
            })
    void aLimitingValueIsAccepted(String properties) {
        ExecutorContexts.with(StringUtils.trimArrayElements(
                        properties.replace("~", PREFIX).split("&")))
                .run(context -> assertThat(context).hasNotFailed().hasBean("mailSender"));
    }

    @Test
    void whatSpringBootIsToldIsNotRefusedForAnExecutorThatInheritsIt() {
        ExecutorContexts.with(PREFIX + "threads=platform", "spring.task.execution.pool.queue-capacity=100")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void virtualThreadsAreRefusedWhereThereAreNone() {
        ExecutorContexts.with(PREFIX + "threads=virtual")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessage("'" + PREFIX
                                + "threads' must not be virtual: this is Java 17, and virtual threads need Java 21"
                                + " or newer. Run on Java 21 or newer; or write 'auto', and 'spring.threads.virtual.enabled: true'"
                                + " for virtual threads wherever there are any."));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsMayBeAsManyAsOneLikes() {
        ExecutorContexts.with(
                        PREFIX + "threads=virtual",
                        PREFIX + "pool.core-size=0",
                        PREFIX + "pool.queue-capacity=0",
                        PREFIX + "pool.max-size=1000000")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aRefusedNameIsExplained() {
        InvalidSettingException failure = new InvalidSettingException(
                "evenkeel.executors.<name>", "taskExecutor", "it is taken", "Choose another.");
        assertThat(Refused.explain(new String[0], failure).getDescription())
                .isEqualTo("Configuration property 'evenkeel.executors.<name>' is 'taskExecutor', but it is taken.");
    }

    private static String writtenValue(String[] pairs, String key) {
        for (String pair : pairs) {
            if (pair.startsWith(key + "=")) {
                return pair.substring(pair.indexOf('=') + 1);
            }
        }
        throw new AssertionError(key + " is not written");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.Environments;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

/** A value that is not of the type of its key is explained with those that are, for every key and wherever it is written. */
class MalformedSettingsTests {

    private static final Map<Class<?>, String> FORMS = Map.of(
            Duration.class, "500ms, 10s or 5m",
            DataSize.class, "64KB or 1MB",
            int.class, "digits only",
            Integer.class, "digits only",
            double.class, "such as 0.1",
            Double.class, "such as 0.1",
            boolean.class, "true or false",
            Boolean.class, "true or false");

    static Stream<Arguments> keysThatAreNoText() {
        KnownKeys known = KnownKeys.all();
        List<Arguments> keys = new ArrayList<>();
        for (String key : known.toList()) {
            Class<?> type =
                    known.typeOf(ConfigurationPropertyName.adapt(key, '.')).orElseThrow();
            if (type.isEnum()) {
                keys.add(Arguments.of(key.replace("<name>", "mail"), "Write one of: "));
            } else if (FORMS.containsKey(type)) {
                keys.add(Arguments.of(key.replace("<name>", "mail"), FORMS.get(type)));
            }
        }
        return keys.stream();
    }

    @ParameterizedTest
    @MethodSource("keysThatAreNoText")
    void anyKeyIsExplainedInAFile(String key, String form) {
        assertThat(Refused.explanationOf(context().withInitializer(Environments.yaml(key + ": wr0ng"))))
                .contains("Configuration property '" + key + "' is 'wr0ng' (from application.yml:1), but ", form)
                .doesNotContain("@", "java.", "Update your application");
    }

    @ParameterizedTest
    @MethodSource("keysThatAreNoText")
    void anyKeyIsExplainedInAnEnvironmentVariable(String key, String form) {
        String variable = key.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
        assertThat(Refused.explanationOf(context().withInitializer(Environments.variables(variable, "wr0ng"))))
                .contains(
                        "Configuration property '" + key + "' is 'wr0ng' (from the environment variable " + variable
                                + "), but ",
                        form);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pool.acquire-timeout | 10sec | Did you mean 10s?",
                "pool.acquire-timeout | 10 s | Did you mean 10s?",
                "pool.acquire-timeout | 4 seconds | Did you mean 4s?",
                "pool.acquire-timeout | 5min | Did you mean 5m?",
                "pool.acquire-timeout | 300 millis | Did you mean 300ms?",
                "pool.acquire-timeout | 0.5s | Write a whole number and a unit",
                "pool.acquire-timeout | PT5 | Write a whole number and a unit",
                "max-response-head-size | 64kb | Did you mean 64KB?",
                "max-response-head-size | 64 KiB | Did you mean 64KB?",
                "max-response-head-size | 1M | Did you mean 1MB?",
                "max-response-size | 10mb | Did you mean 10MB?",
                "max-decompression-ratio | 250x | digits only",
                "max-response-head-size | none | Write a whole number and a unit",
                "retry.statuses | 429,5xx | Write digits only, separated by commas",
                "retry.statuses[0] | 5xx | digits only",
                "retry.budget.ratio | '0,1' | decimal point, such as 0.1",
                "retry.budget.ratio | 10% | decimal point, such as 0.1",
                "retry.max-retries | 2.5 | digits only",
                "circuit-breaker.failure-rate-threshold | 50% | Write digits and, if need be, a decimal point",
                "circuit-breaker.sliding-window-type | calls | Write one of: count-based, time-based",
                "circuit-breaker.sliding-window-size | 20s | digits only",
                "circuit-breaker.wait-duration-in-open-state | 5sec | Did you mean 5s?",
                "pool.max-size | 1.5 | digits only",
                "pool.max-size | 9999999999 | digits only",
                "pool.max-size | ${NOBODY_SETS} | Set it, for example as an environment variable",
                "unknown-keys | ignore | Write one of: refuse, warn.",
                "proxy.address-filter | off | Write one of: refuse, report."
            })
    void whatWasProbablyMeantIsSaid(String key, String value, String remedy) {
        context()
                .withPropertyValues("evenkeel." + key + "=" + value)
                .run(context -> assertThat(
                                Refused.causeOf(context.getStartupFailure()).remedy())
                        .contains(remedy));
    }

    @Test
    void aValueFromAPlaceholderIsToldAsItIsUnderstood() {
        assertThat(Refused.explanationOf(context().withPropertyValues("evenkeel.pool.max-size=${SIZE}", "SIZE=lots")))
                .contains("is '${SIZE}', which is lots (from the property source 'test')");
    }

    @Test
    void aListWithAGapIsExplained() {
        context()
                .withPropertyValues("evenkeel.shutdown.exclude[1]=a")
                .run(context -> assertThat(Refused.causeOf(context.getStartupFailure()))
                        .hasMessageContainingAll("'evenkeel.shutdown.exclude[1]' has no element", "from [0] on"));
    }

    private static ApplicationContextRunner context() {
        return Contexts.judging().withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class));
    }
}

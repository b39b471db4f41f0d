// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.properties.Refused;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.client.ClientOptions;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An application without the library that circuit breakers are made with. */
@ExtendWith(OutputCaptureExtension.class)
class BreakerLibraryTests {

    private static final String DEPENDENCY = "io.github.resilience4j:resilience4j-circuitbreaker";
    private static final String REMARK = "retry without circuit breaker";

    @ParameterizedTest
    @CsvSource({
        "evenkeel.circuit-breaker.enabled, evenkeel.retry.enabled=false",
        "evenkeel.circuit-breaker.enabled, evenkeel.retry.enabled=true",
        "evenkeel.clients.payments.circuit-breaker.enabled, evenkeel.retry.enabled=false"
    })
    void aBreakerThatIsWrittenIsRefused(String key, String ofRetries) {
        String written = key + "=true";
        withoutLibrary().withPropertyValues(written, ofRetries).run(context -> {
            assertThat(context).hasFailed();
            InvalidSettingException failure = Refused.causeOf(context.getStartupFailure());
            assertThat(failure.key()).isEqualTo(key);
            FailureAnalysis analysis = Refused.explain(new String[] {written}, failure);
            assertThat(analysis.getDescription()).contains("'" + key + "' is 'true'", "is not there");
            assertThat(analysis.getAction()).contains(DEPENDENCY);
        });
    }

    @Test
    void retriesGoWithoutBreakersAndTheLogSaysSo(CapturedOutput output) {
        withoutLibrary()
                .withPropertyValues("evenkeel.retry.enabled=true", "evenkeel.clients.orders.retry.enabled=false")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    ClientOptions options = context.getBean(ClientOptions.class);
                    assertThat(options.retry().enabled()).isTrue();
                    assertThat(options.breaker().enabled()).isFalse();
                    assertThat(output)
                            .contains("retry 2 (property source 'test'); breaker off")
                            .containsOnlyOnce(REMARK)
                            .contains(REMARK + ", as its library is not there: default. Add the dependency '" + DEPENDENCY);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "evenkeel.retry.enabled=false, evenkeel.replay.enabled=true",
        "evenkeel.retry.enabled=true, evenkeel.circuit-breaker.enabled=false"
    })
    void whoHasNoBreakersReadsNothingOfTheLibrary(String one, String other, CapturedOutput output) {
        withoutLibrary().withPropertyValues(one, other).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).contains("breaker off").doesNotContain(REMARK);
        });
    }

    @Test
    void breakersAreOnWithRetriesWhereTheLibraryIs(CapturedOutput output) {
        Contexts.plain().withPropertyValues("evenkeel.retry.enabled=true").run(context -> {
            assertThat(context.getBean(ClientOptions.class).breaker().enabled()).isTrue();
            assertThat(output).contains("breaker on").doesNotContain(REMARK);
        });
    }

    private static ApplicationContextRunner withoutLibrary() {
        return Contexts.plain().withClassLoader(new FilteredClassLoader(CircuitBreaker.class));
    }
}

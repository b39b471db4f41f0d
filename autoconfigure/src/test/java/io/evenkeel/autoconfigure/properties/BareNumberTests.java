// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A number without unit is milliseconds to Spring Boot, and seconds to who writes {@code read-timeout: 5}. */
@ExtendWith(OutputCaptureExtension.class)
class BareNumberTests {

    static Stream<String> durations() {
        KnownKeys known = KnownKeys.all();
        return known.toList().stream()
                .filter(key ->
                        known.typeOf(ConfigurationPropertyName.adapt(key, '.')).orElseThrow() == Duration.class)
                .map(key -> key.replace("<name>", "mail"));
    }

    @ParameterizedTest
    @MethodSource("durations")
    void itIsRefusedForEveryDuration(String key) {
        for (String number : new String[] {"5", "120", "999"}) {
            context().withPropertyValues(key + "=" + number).run(context -> {
                InvalidSettingException refusal = Refused.causeOf(context.getStartupFailure());
                assertThat(refusal.key()).isEqualTo(key);
                assertThat(refusal.reason()).isEqualTo("a number without unit is milliseconds");
                assertThat(refusal.remedy())
                        .isEqualTo("Did you mean " + number + "s? Otherwise write " + number + "ms.");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"5000", "999ms", "5s", "PT5S", "0"})
    void thatItIsKnownOrHasAUnitIsAccepted(String value) {
        context()
                .withPropertyValues("evenkeel.clients.mail.read-timeout=" + value)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void behindAPlaceholderItIsSeenToo() {
        context()
                .withPropertyValues("evenkeel.clients.mail.read-timeout=${READ:5}")
                .run(context -> assertThat(Refused.keysOf(context.getStartupFailure()))
                        .containsExactly("evenkeel.clients.mail.read-timeout"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.http.clients.read-timeout",
                "spring.http.clients.connect-timeout",
                "spring.http.serviceclient.payments.read-timeout",
                "spring.http.serviceclient.payments.connect-timeout",
                "spring.http.serviceclient.myGroup.read-timeout"
            })
    void ofSpringBootItIsNamed(String key, CapturedOutput output) {
        context()
                .withPropertyValues(key + "=30", "evenkeel.clients.payments.enabled=true")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output)
                            .containsOnlyOnce(
                                    "'" + key + "' is 30 (from the property source 'test'): a number without unit is"
                                            + " milliseconds. If 30s are meant, write the unit; if not, write 30ms.");
                });
    }

    @Test
    void ofSpringBootNothingElseIsNamed(CapturedOutput output) {
        context()
                .withPropertyValues(
                        "spring.http.clients.read-timeout=5000",
                        "spring.http.clients.connect-timeout=0",
                        "spring.http.serviceclient.payments.read-timeout=30s")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output).doesNotContain("without unit");
                });
    }

    private static ApplicationContextRunner context() {
        return Contexts.plain().withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class));
    }
}

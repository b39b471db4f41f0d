// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.TravellingDeadline.Unit;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TravellingDeadlineTests {

    private static TravellingDeadline in(Unit unit) {
        return new TravellingDeadline("Expect-Within", unit);
    }

    @ParameterizedTest
    @CsvSource({
        "SECONDS, 0, 0",
        "SECONDS, 0.000, 0",
        "SECONDS, 1, 1000",
        "SECONDS, ' 1.5 ', 1500",
        "SECONDS, 0.001, 1",
        "SECONDS, 0.000000001, 1",
        "SECONDS, 0.0011, 2",
        "SECONDS, 1.999999999, 2000",
        "SECONDS, 007, 7000",
        "SECONDS, 86400, 86400000",
        "MILLIS, 0, 0",
        "MILLIS, 1, 1",
        "MILLIS, 1500, 1500",
        "MILLIS, 86400000, 86400000"
    })
    void whatIsLeftIsReadToTheNextMillisecond(Unit unit, String value, long millis) {
        assertThat(in(unit).parse(value)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "-0",
                "+1",
                "1.",
                ".5",
                "1,5",
                "1e3",
                "0x10",
                "NaN",
                "Infinity",
                "1.2.3",
                "1 2",
                "1, 1",
                "5s",
                "1.0000000001",
                "86400.001",
                "86401",
                "100000",
                "99999999999999999999",
                "\u0661"
            })
    void whatIsNoNumberOfSecondsIsNotRead(String value) {
        assertThat(in(Unit.SECONDS).parse(value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "+1",
                "1.5",
                "1.0",
                "1e3",
                "86400001",
                "100000000",
                "99999999999999999999",
                "1ms",
                "1,1",
                "\u0661"
            })
    void whatIsNoNumberOfMillisecondsIsNotRead(String value) {
        assertThat(in(Unit.MILLIS).parse(value)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "SECONDS, 0, 0.000",
        "SECONDS, 1, 0.001",
        "SECONDS, 999999, 0.001",
        "SECONDS, 1000000, 0.001",
        "SECONDS, 1000001, 0.002",
        "SECONDS, 1250000000, 1.250",
        "SECONDS, 999999999, 1.000",
        "MILLIS, 0, 0",
        "MILLIS, 1, 1",
        "MILLIS, 1000001, 2",
        "MILLIS, 1250000000, 1250"
    })
    void whatIsLeftIsWrittenToTheNextMillisecond(Unit unit, long nanos, String value) {
        assertThat(in(unit).format(Duration.ofNanos(nanos))).isEqualTo(value);
        assertThat(in(unit).parse(value)).isPresent();
    }
}

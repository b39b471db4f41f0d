// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server asks for that does not want to be called for a while. */
class RetryAfterTests {

    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"0, 0", "3, 3", "' 120 ', 120", "007, 7"})
    void secondsAreTaken(String value, long seconds) {
        assertThat(RetryAfter.parse(value, null, NOW)).hasSeconds(seconds);
    }

    @Test
    void moreSecondsThanALongHasAreALongTime() {
        assertThat(RetryAfter.parse("99999999999999999999999", null, NOW)).isGreaterThan(Duration.ofDays(1000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 29 Nov 2026 12:00:30 GMT | 30",
                "Sunday, 29-Nov-26 12:00:30 GMT | 30",
                "Sun Nov 29 12:00:30 2026 | 30",
                "Tue Dec  1 12:00:00 2026 | 172800",
                "Sun, 29 Nov 2026 11:00:00 GMT | 0"
            })
    void aDateIsComparedWithOurClockIfTheServerHasNone(String value, long seconds) {
        assertThat(RetryAfter.parse(value, null, NOW)).hasSeconds(seconds);
        assertThat(RetryAfter.parse(value, "yesterday", NOW)).hasSeconds(seconds);
    }

    @Test
    void aDateIsComparedWithTheClockOfTheServer() {
        assertThat(RetryAfter.parse("Sun, 29 Nov 2026 15:00:05 GMT", "Sun, 29 Nov 2026 15:00:00 GMT", NOW))
                .hasSeconds(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "1.5",
                "1s",
                "soon",
                "Sun, 29 Nov 2026",
                "Mon, 29 Nov 2026 12:00:30 GMT",
                "Mon Nov 29 12:00:30 2026",
                "Sun Nov 31 12:00:30 2026",
                "\u0661"
            })
    void anythingElseIsNothing(String value) {
        assertThat(RetryAfter.parse(value, null, NOW)).isNull();
    }
}

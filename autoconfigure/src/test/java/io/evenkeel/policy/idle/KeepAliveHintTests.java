// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveHintTests {

    static Stream<Arguments> timeouts() {
        return Stream.of(
                arguments(List.of("timeout=0"), 0L),
                arguments(List.of("timeout=1"), 1L),
                arguments(List.of("timeout=5"), 5L),
                arguments(List.of("timeout=5, max=100"), 5L),
                arguments(List.of("max=100, timeout=5"), 5L),
                arguments(List.of("Timeout=5"), 5L),
                arguments(List.of("  timeout = 5  "), 5L),
                arguments(List.of("timeout=007"), 7L),
                arguments(List.of("timeout=5,timeout=3"), 3L),
                arguments(List.of("timeout=5", "timeout=3"), 3L),
                arguments(List.of("timeout=abc, timeout=3"), 3L),
                arguments(List.of("timeout=999999999"), 999_999_999L),
                arguments(List.of("timeout=9223372036854775807"), (long) Integer.MAX_VALUE),
                arguments(List.of("timeout=" + "9".repeat(200)), (long) Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("timeouts")
    void numberOfSecondsIsUnderstood(List<String> values, long seconds) {
        assertThat(KeepAliveHint.parse(values).timeout()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "timeout",
                "timeout=",
                "timeout=-1",
                "timeout=+5",
                "timeout=5.5",
                "timeout=abc",
                "timeout=\"5\"",
                "timeout=5s",
                "timeout=0x5",
                "timeout=5 6",
                "timeout==5",
                "=5",
                "timeout:5",
                "timeouts=5",
                "timeout=\u0665",
                "5",
                ",,,",
                "max=100",
                "foo=bar;timeout=5"
            })
    void anythingElseIsIgnored(String value) {
        assertThat(KeepAliveHint.parse(List.of(value))).isEqualTo(KeepAliveHint.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 65_536})
    void longFieldIsIgnored(int length) {
        assertThat(KeepAliveHint.parse(List.of("timeout=5," + "x".repeat(length))))
                .isEqualTo(KeepAliveHint.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max=0", "timeout=5, max=0", "MAX=0", "max=100, max=0"})
    void noFurtherRequestMeansExhausted(String value) {
        assertThat(KeepAliveHint.parse(List.of(value)).exhausted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max=1", "max=100", "max=-0", "max=", "timeout=0"})
    void anyOtherNumberOfRequestsDoesNot(String value) {
        assertThat(KeepAliveHint.parse(List.of(value)).exhausted()).isFalse();
    }
}

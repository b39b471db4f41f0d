// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepAliveHintBoundTests {

    private static final Duration MOST = Duration.ofSeconds(60);

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0",
        "2, 1000",
        "3, 2000",
        "5, 4000",
        "10, 9000",
        "15, 13500",
        "20, 18000",
        "60, 54000",
        "66, 59400",
        "67, 60000",
        "100, 60000",
        "2147483647, 60000"
    })
    void serversTimeoutIsKeptClearOf(long seconds, long boundMillis) {
        KeepAliveHint hint = new KeepAliveHint(Duration.ofSeconds(seconds), false);

        assertThat(hint.bound(MOST)).isEqualTo(Duration.ofMillis(boundMillis));
    }

    @Test
    void nothingFollowsFromNoHint() {
        assertThat(KeepAliveHint.NONE.bound(MOST)).isNull();
    }

    @Test
    void exhaustedConnectionIsNotKept() {
        assertThat(new KeepAliveHint(Duration.ofSeconds(60), true).bound(MOST)).isZero();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownKeysTests {

    @Test
    void areThoseOfTheProperties() {
        assertThat(KnownKeys.all().toList())
                .containsExactly(
                        "evenkeel.enabled",
                        "evenkeel.pool.max-size",
                        "evenkeel.pool.max-overflow",
                        "evenkeel.pool.overflow-linger",
                        "evenkeel.pool.max-idle",
                        "evenkeel.pool.acquire-timeout",
                        "evenkeel.pool.idle-timeout",
                        "evenkeel.pool.max-idle-timeout",
                        "evenkeel.pool.learn-idle-timeout",
                        "evenkeel.pool.max-lifetime",
                        "evenkeel.replay.enabled",
                        "evenkeel.idempotency-header",
                        "evenkeel.max-response-headers",
                        "evenkeel.max-response-head-size",
                        "evenkeel.proxy.url",
                        "evenkeel.proxy.username",
                        "evenkeel.proxy.password",
                        "evenkeel.proxy.non-proxy-hosts",
                        "evenkeel.proxy.address-filter",
                        "evenkeel.shutdown.timeout",
                        "evenkeel.shutdown.exclude",
                        "evenkeel.executors.<name>.threads",
                        "evenkeel.executors.<name>.pool.core-size",
                        "evenkeel.executors.<name>.pool.max-size",
                        "evenkeel.executors.<name>.pool.queue-capacity",
                        "evenkeel.executors.<name>.pool.keep-alive",
                        "evenkeel.executors.<name>.thread-name-prefix",
                        "evenkeel.metrics.per-route",
                        "evenkeel.metrics.max-routes");
    }

    @Test
    void areSuggestedWithTheNameThatTheUserChose() {
        assertThat(KnownKeys.all().closestTo("evenkeel.executors.mail.pool.cor-size"))
                .contains("evenkeel.executors.mail.pool.core-size");
    }

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "same, same, 0", "'', abc, 3", "abc, '', 3", "ab, ba, 2", "max-size, maxsize, 1"})
    void areComparedByTheLettersThatDiffer(String one, String other, int distance) {
        assertThat(EditDistance.between(one, other)).isEqualTo(distance);
    }
}

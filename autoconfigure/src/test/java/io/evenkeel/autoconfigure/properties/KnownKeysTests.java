// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.validation.EditDistance;
import java.beans.PropertyDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;

class KnownKeysTests {

    @Test
    void areThoseOfTheProperties() {
        assertThat(KnownKeys.all().toList())
                .containsExactly(
                        "evenkeel.enabled",
                        "evenkeel.unknown-keys",
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
                        "evenkeel.retry.enabled",
                        "evenkeel.retry.max-retries",
                        "evenkeel.retry.statuses",
                        "evenkeel.retry.delay",
                        "evenkeel.retry.max-delay",
                        "evenkeel.retry.max-retry-after",
                        "evenkeel.retry.attempt-timeout",
                        "evenkeel.retry.budget.burst",
                        "evenkeel.retry.budget.ratio",
                        "evenkeel.circuit-breaker.enabled",
                        "evenkeel.circuit-breaker.per-route",
                        "evenkeel.circuit-breaker.failure-rate-threshold",
                        "evenkeel.circuit-breaker.sliding-window-type",
                        "evenkeel.circuit-breaker.sliding-window-size",
                        "evenkeel.circuit-breaker.minimum-number-of-calls",
                        "evenkeel.circuit-breaker.permitted-number-of-calls-in-half-open-state",
                        "evenkeel.circuit-breaker.wait-duration-in-open-state",
                        "evenkeel.circuit-breaker.slow-call-duration-threshold",
                        "evenkeel.circuit-breaker.slow-call-rate-threshold",
                        "evenkeel.call-timeout",
                        "evenkeel.deadline.accept-header",
                        "evenkeel.deadline.accept-unit",
                        "evenkeel.deadline.min",
                        "evenkeel.deadline.send-header",
                        "evenkeel.deadline.send-unit",
                        "evenkeel.write-timeout",
                        "evenkeel.max-interim-responses",
                        "evenkeel.max-response-headers",
                        "evenkeel.max-response-head-size",
                        "evenkeel.max-response-size",
                        "evenkeel.max-decompression-ratio",
                        "evenkeel.unknown-content-encoding",
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
                        "evenkeel.metrics.max-routes",
                        "evenkeel.clients.<name>.base-url",
                        "evenkeel.clients.<name>.default-header.<name>",
                        "evenkeel.clients.<name>.apiversion.default",
                        "evenkeel.clients.<name>.apiversion.insert.header",
                        "evenkeel.clients.<name>.apiversion.insert.query-parameter",
                        "evenkeel.clients.<name>.apiversion.insert.path-segment",
                        "evenkeel.clients.<name>.apiversion.insert.media-type-parameter",
                        "evenkeel.clients.<name>.connect-timeout",
                        "evenkeel.clients.<name>.read-timeout",
                        "evenkeel.clients.<name>.redirects",
                        "evenkeel.clients.<name>.cookie-handling",
                        "evenkeel.clients.<name>.ssl.bundle",
                        "evenkeel.clients.<name>.enabled",
                        "evenkeel.clients.<name>.pool.max-size",
                        "evenkeel.clients.<name>.pool.max-overflow",
                        "evenkeel.clients.<name>.pool.overflow-linger",
                        "evenkeel.clients.<name>.pool.max-idle",
                        "evenkeel.clients.<name>.pool.acquire-timeout",
                        "evenkeel.clients.<name>.pool.idle-timeout",
                        "evenkeel.clients.<name>.pool.max-idle-timeout",
                        "evenkeel.clients.<name>.pool.learn-idle-timeout",
                        "evenkeel.clients.<name>.pool.max-lifetime",
                        "evenkeel.clients.<name>.replay.enabled",
                        "evenkeel.clients.<name>.idempotency-header",
                        "evenkeel.clients.<name>.retry.enabled",
                        "evenkeel.clients.<name>.retry.max-retries",
                        "evenkeel.clients.<name>.retry.statuses",
                        "evenkeel.clients.<name>.retry.delay",
                        "evenkeel.clients.<name>.retry.max-delay",
                        "evenkeel.clients.<name>.retry.max-retry-after",
                        "evenkeel.clients.<name>.retry.attempt-timeout",
                        "evenkeel.clients.<name>.retry.budget.burst",
                        "evenkeel.clients.<name>.retry.budget.ratio",
                        "evenkeel.clients.<name>.circuit-breaker.enabled",
                        "evenkeel.clients.<name>.circuit-breaker.per-route",
                        "evenkeel.clients.<name>.circuit-breaker.failure-rate-threshold",
                        "evenkeel.clients.<name>.circuit-breaker.sliding-window-type",
                        "evenkeel.clients.<name>.circuit-breaker.sliding-window-size",
                        "evenkeel.clients.<name>.circuit-breaker.minimum-number-of-calls",
                        "evenkeel.clients.<name>.circuit-breaker.permitted-number-of-calls-in-half-open-state",
                        "evenkeel.clients.<name>.circuit-breaker.wait-duration-in-open-state",
                        "evenkeel.clients.<name>.circuit-breaker.slow-call-duration-threshold",
                        "evenkeel.clients.<name>.circuit-breaker.slow-call-rate-threshold",
                        "evenkeel.clients.<name>.call-timeout",
                        "evenkeel.clients.<name>.deadline.send-header",
                        "evenkeel.clients.<name>.deadline.send-unit",
                        "evenkeel.clients.<name>.write-timeout",
                        "evenkeel.clients.<name>.max-interim-responses",
                        "evenkeel.clients.<name>.max-response-headers",
                        "evenkeel.clients.<name>.max-response-head-size",
                        "evenkeel.clients.<name>.max-response-size",
                        "evenkeel.clients.<name>.max-decompression-ratio",
                        "evenkeel.clients.<name>.unknown-content-encoding",
                        "evenkeel.clients.<name>.proxy.url",
                        "evenkeel.clients.<name>.proxy.username",
                        "evenkeel.clients.<name>.proxy.password",
                        "evenkeel.clients.<name>.proxy.non-proxy-hosts",
                        "evenkeel.clients.<name>.proxy.address-filter");
    }

    @Test
    void ofClientsAreAllThatSpringBootHas() {
        assertThat(KnownKeys.of("clients").stream().filter(ClientKeys::isOfSpringBoot))
                .containsExactlyInAnyOrderElementsOf(keysOf(HttpClientProperties.class));
    }

    private static List<String> keysOf(Class<?> type) {
        List<String> keys = new ArrayList<>();
        for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
            String key = DataObjectPropertyName.toDashedForm(property.getName());
            Class<?> valueType = property.getPropertyType();
            if (property.getWriteMethod() == null && valueType != Class.class) {
                keysOf(valueType).forEach(nested -> keys.add(key + "." + nested));
            } else if (valueType == Map.class) {
                keys.add(key + "." + KnownKeys.NAME);
            } else if (valueType != Class.class) {
                // Java has a keyword of that name.
                keys.add(key.equals("default-version") ? "default" : key);
            }
        }
        return keys;
    }

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "same, same, 0", "'', abc, 3", "abc, '', 3", "ab, ba, 2", "max-size, maxsize, 1"})
    void areComparedByTheLettersThatDiffer(String one, String other, int distance) {
        assertThat(EditDistance.between(one, other)).isEqualTo(distance);
    }
}

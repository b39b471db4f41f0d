// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.properties.KnownKeys;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which key an unknown one was meant to be. */
class SuggestionTests {

    private final Suggestion suggestion = new Suggestion(KnownKeys.all());

    @ParameterizedTest
    @CsvSource({
        // HikariCP, commons-pool, Reactor Netty, Apache HttpClient, OkHttp, Feign, Boot
        "evenkeel.pool.max-connections, evenkeel.pool.max-size or evenkeel.pool.max-overflow",
        "evenkeel.pool.maximum-pool-size, evenkeel.pool.max-size or evenkeel.pool.max-overflow",
        "evenkeel.pool.max-total, evenkeel.pool.max-size or evenkeel.pool.max-overflow",
        "evenkeel.max-connections, evenkeel.pool.max-size or evenkeel.pool.max-overflow",
        "evenkeel.pool.max-per-route, evenkeel.pool.max-size or evenkeel.pool.max-overflow",
        "evenkeel.pool.default-max-per-route, evenkeel.pool.max-size or evenkeel.pool.max-overflow",
        "evenkeel.pool.maxConnections, evenkeel.pool.max-size or evenkeel.pool.max-overflow",
        "evenkeel.clients.pay.pool.max-connections, evenkeel.clients.pay.pool.max-size or evenkeel.clients.pay.pool.max-overflow",
        "evenkeel.clients.pay.max-connections, evenkeel.clients.pay.pool.max-size or evenkeel.clients.pay.pool.max-overflow",
        "evenkeel.pool.connection-timeout, evenkeel.pool.acquire-timeout",
        "evenkeel.pool.connection-request-timeout, evenkeel.pool.acquire-timeout",
        "evenkeel.pool.pending-acquire-timeout, evenkeel.pool.acquire-timeout",
        "evenkeel.connection-timeout, spring.http.clients.connect-timeout",
        "evenkeel.clients.pay.connection-timeout, evenkeel.clients.pay.connect-timeout",
        "evenkeel.clients.pay.socket-timeout, evenkeel.clients.pay.read-timeout",
        "evenkeel.clients.pay.response-timeout, evenkeel.clients.pay.read-timeout",
        "evenkeel.pool.max-idle-connections, evenkeel.pool.max-idle",
        "evenkeel.pool.keep-alive-duration, evenkeel.pool.idle-timeout",
        "evenkeel.pool.max-idle-time, evenkeel.pool.idle-timeout",
        "evenkeel.pool.time-to-live, evenkeel.pool.max-lifetime",
        "evenkeel.pool.max-life-time, evenkeel.pool.max-lifetime",
        "evenkeel.follow-redirects, spring.http.clients.redirects",
        "evenkeel.clients.pay.followRedirects, evenkeel.clients.pay.redirects",
        "evenkeel.clients.pay.cookies, evenkeel.clients.pay.cookie-handling",
        "evenkeel.clients.pay.headers.X-Key, evenkeel.clients.pay.default-header.X-Key",
        "evenkeel.clients.pay.defualt-header.X-Key, evenkeel.clients.pay.default-header.X-Key",
        "evenkeel.clients.pay.uri, evenkeel.clients.pay.base-url",
        "evenkeel.clients.pay.ssl.trust-store, evenkeel.clients.pay.ssl.bundle",
        "evenkeel.proxy.host, evenkeel.proxy.url",
        "evenkeel.clients.pay.proxy.user, evenkeel.clients.pay.proxy.username",
        "evenkeel.executors.mail.core-pool-size, evenkeel.executors.mail.pool.core-size",
        "evenkeel.executors.mail.max-pool-size, evenkeel.executors.mail.pool.max-size",
        "evenkeel.executors.mail.keep-alive-seconds, evenkeel.executors.mail.pool.keep-alive",
        "evenkeel.shutdown.grace-period, evenkeel.shutdown.timeout",
        // resilience4j, Spring Retry, Envoy, AWS
        "evenkeel.retry.max-attempts, evenkeel.retry.max-retries",
        "evenkeel.clients.pay.retry.max-attempts, evenkeel.clients.pay.retry.max-retries",
        "evenkeel.retry.wait-duration, evenkeel.retry.delay",
        "evenkeel.retry.initial-interval, evenkeel.retry.delay",
        "evenkeel.retry.max-interval, evenkeel.retry.max-delay",
        "evenkeel.retry.status-codes, evenkeel.retry.statuses",
        "evenkeel.retry.per-try-timeout, evenkeel.retry.attempt-timeout",
        "evenkeel.retry.ratio, evenkeel.retry.budget.ratio",
        "evenkeel.clients.pay.retry.burst, evenkeel.clients.pay.retry.budget.burst",
        "evenkeel.max-retries, evenkeel.retry.max-retries",
        // resilience4j of earlier versions, Hystrix, MicroProfile
        "evenkeel.circuit-breaker.failure-rate, evenkeel.circuit-breaker.failure-rate-threshold",
        "evenkeel.circuit-breaker.failure-ratio, evenkeel.circuit-breaker.failure-rate-threshold",
        "evenkeel.circuit-breaker.window-size, evenkeel.circuit-breaker.sliding-window-size",
        "evenkeel.circuit-breaker.ring-buffer-size-in-closed-state, evenkeel.circuit-breaker.sliding-window-size",
        "evenkeel.circuit-breaker.request-volume-threshold, evenkeel.circuit-breaker.minimum-number-of-calls",
        "evenkeel.clients.pay.circuit-breaker.wait-duration, evenkeel.clients.pay.circuit-breaker.wait-duration-in-open-state",
        "evenkeel.circuit-breaker.slow-call-rate, evenkeel.circuit-breaker.slow-call-rate-threshold",
        "evenkeel.breaker.enabled, evenkeel.circuit-breaker.enabled",
        // typing errors, also without dashes, as in an environment variable
        "evenkeel.pool.maxsise, evenkeel.pool.max-size",
        "evenkeel.retry.enable, evenkeel.retry.enabled",
        "evenkeel.rety.delay, evenkeel.retry.delay",
        "evenkeel.circuitbreaker.enable, evenkeel.circuit-breaker.enabled",
        "evenkeel.circuit-braker.per-route, evenkeel.circuit-breaker.per-route",
        "evenkeel.retry.atempttimeout, evenkeel.retry.attempt-timeout",
        "evenkeel.pool.maxidletimeot, evenkeel.pool.max-idle-timeout",
        "evenkeel.clients.pay.conecttimeout, evenkeel.clients.pay.connect-timeout",
        "evenkeel.client.pay.base-url, evenkeel.clients.pay.base-url",
        "evenkeel.executor.mail.threads, evenkeel.executors.mail.threads",
        "evenkeel.unknown-key, evenkeel.unknown-keys",
        // the right name in the wrong place
        "evenkeel.max-lifetime, evenkeel.pool.max-lifetime",
        "evenkeel.pay.base-url, evenkeel.clients.pay.base-url",
        "evenkeel.clients.pay.deadline.min, evenkeel.deadline.min",
        "evenkeel.clients.pay.shutdown.timeout, evenkeel.shutdown.timeout"
    })
    void itIsTheKeyThatDoesWhatWasMeant(String unknown, String known) {
        assertThat(this.suggestion.insteadOf(unknown).map(keys -> String.join(" or ", keys)))
                .contains(known);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evenkeel.retry.timeout",
                "evenkeel.retry.multiplier",
                "evenkeel.retry.jitter",
                "evenkeel.circuit-breaker.register-health-indicator",
                "evenkeel.circuit-breaker.record-exceptions",
                "evenkeel.clients.pay.circuit-breaker.base-config",
                "evenkeel.pool.minimum-idle",
                "evenkeel.pool.min-idle",
                "evenkeel.pool.validate-after-inactivity",
                "evenkeel.bulkhead.max-concurrent-calls",
                "evenkeel.cache.max-size",
                "evenkeel.http2.enabled",
                "evenkeel.base-url",
                "evenkeel.default-header.X-Key",
                "evenkeel.frobnicate",
                "evenkeel.x"
            })
    void whatThisVersionDoesNotHaveIsNotGuessed(String unknown) {
        assertThat(this.suggestion.insteadOf(unknown)).isEmpty();
    }
}

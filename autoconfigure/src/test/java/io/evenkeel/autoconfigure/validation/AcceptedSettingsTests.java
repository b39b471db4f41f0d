// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.clients.SettingsMapper;
import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.client.ClientOptions;
import io.evenkeel.policy.NonProxyHosts;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.ResponseLimits.UnknownCoding;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.TravellingDeadline;
import io.evenkeel.policy.breaker.BreakerSettings;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.StringUtils;

/** Each key arrives where it is used, and no default refuses what somebody wrote down. */
class AcceptedSettingsTests {

    @Test
    void everyKeyIsBound() {
        options(
                options -> assertThat(options)
                        .isEqualTo(new ClientOptions(
                                "default",
                                "evenkeel",
                                new PoolLimits(
                                        2,
                                        3,
                                        Duration.ofMillis(100),
                                        4,
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(6),
                                        Duration.ofSeconds(7),
                                        false,
                                        Duration.ofSeconds(8)),
                                new TimeLimits(
                                        Duration.ofSeconds(9),
                                        Duration.ofSeconds(10),
                                        new TravellingDeadline("X-Left-Ms", TravellingDeadline.Unit.MILLIS)),
                                new ReplaySettings(false, "X-Request-Id"),
                                new RetrySettings(
                                        true,
                                        3,
                                        Set.of(429, 500),
                                        Duration.ofMillis(200),
                                        Duration.ofSeconds(4),
                                        Duration.ofSeconds(11),
                                        Duration.ofMillis(500),
                                        12,
                                        0.25),
                                new BreakerSettings(
                                        true,
                                        false,
                                        40.5,
                                        BreakerSettings.WindowType.TIME_BASED,
                                        30,
                                        31,
                                        5,
                                        Duration.ofSeconds(12),
                                        Duration.ofSeconds(2),
                                        80),
                                new ResponseLimits(20, 9 * 1024, 7, UnknownCoding.REFUSE, 8 * 1024, 30),
                                new ProxySettings(
                                        new ProxyServer(
                                                "proxy.example",
                                                3128,
                                                new ProxyServer.Credentials("me", "secret"),
                                                NonProxyHosts.andLocal(List.of("*.internal", "10.*"))),
                                        ProxySettings.Filter.REPORT))),
                "evenkeel.proxy.url=http://proxy.example:3128",
                "evenkeel.proxy.username=me",
                "evenkeel.proxy.password=secret",
                "evenkeel.proxy.non-proxy-hosts=*.internal,10.*",
                "evenkeel.proxy.address-filter=report",
                "evenkeel.pool.learn-idle-timeout=false",
                "evenkeel.idempotency-header=X-Request-Id",
                "evenkeel.retry.enabled=true",
                "evenkeel.retry.max-retries=3",
                "evenkeel.retry.statuses=429,500",
                "evenkeel.retry.delay=200ms",
                "evenkeel.retry.max-delay=4s",
                "evenkeel.retry.max-retry-after=11s",
                "evenkeel.retry.attempt-timeout=500ms",
                "evenkeel.retry.budget.burst=12",
                "evenkeel.retry.budget.ratio=0.25",
                "evenkeel.circuit-breaker.enabled=true",
                "evenkeel.circuit-breaker.per-route=false",
                "evenkeel.circuit-breaker.failure-rate-threshold=40.5",
                "evenkeel.circuit-breaker.sliding-window-type=time_based",
                "evenkeel.circuit-breaker.sliding-window-size=30",
                "evenkeel.circuit-breaker.minimum-number-of-calls=31",
                "evenkeel.circuit-breaker.permitted-number-of-calls-in-half-open-state=5",
                "evenkeel.circuit-breaker.wait-duration-in-open-state=12s",
                "evenkeel.circuit-breaker.slow-call-duration-threshold=2s",
                "evenkeel.circuit-breaker.slow-call-rate-threshold=80",
                "evenkeel.max-response-headers=20",
                "evenkeel.max-response-head-size=9KB",
                "evenkeel.max-response-size=8KB",
                "evenkeel.deadline.send-header=X-Left-Ms",
                "evenkeel.deadline.send-unit=millis",
                "evenkeel.max-decompression-ratio=30",
                "evenkeel.call-timeout=9s",
                "evenkeel.write-timeout=10s",
                "evenkeel.max-interim-responses=7",
                "evenkeel.unknown-content-encoding=refuse",
                "evenkeel.pool.max-size=2",
                "evenkeel.pool.max-overflow=3",
                "evenkeel.pool.overflow-linger=100ms",
                "evenkeel.pool.max-idle=4",
                "evenkeel.pool.acquire-timeout=5s",
                "evenkeel.pool.idle-timeout=6s",
                "evenkeel.pool.max-idle-timeout=7s",
                "evenkeel.pool.max-lifetime=8s",
                "evenkeel.replay.enabled=false",
                "evenkeel.metrics.per-route=false",
                "evenkeel.metrics.max-routes=1");
    }

    @Test
    void aDefaultIsLoweredToALimitThatSomebodyWroteDown() {
        options(
                options -> {
                    assertThat(options.limits().maxIdleTimeout()).isEqualTo(Duration.ofMillis(300));
                    assertThat(options.limits().idleTimeout()).isEqualTo(Duration.ofMillis(300));
                    assertThat(options.limits().overflowLinger()).isEqualTo(Duration.ofMillis(300));
                },
                "evenkeel.pool.max-lifetime=300ms");
    }

    @Test
    void theDelayOfRetriesIsLoweredToTheLongestOneThatSomebodyWroteDown() {
        options(
                options -> assertThat(options.retry().delay()).isEqualTo(Duration.ofMillis(50)),
                "evenkeel.retry.enabled=true",
                "evenkeel.retry.max-delay=50ms");
    }

    @Test
    void withoutAKeyOfRetriesTheyAreOffWithTheDefaults() {
        options(options -> assertThat(options.retry()).isEqualTo(RetrySettings.DEFAULTS));
    }

    @Test
    void withoutAKeyOfBreakersTheyAreOffWithTheDefaults() {
        options(options -> assertThat(options.breaker()).isEqualTo(BreakerSettings.DEFAULTS));
    }

    @Test
    void breakersAreOnWithTheDefaultsWhereRetriesAre() {
        options(
                options -> assertThat(options.breaker()).isEqualTo(BreakerSettings.DEFAULTS.enabled(true)),
                "evenkeel.retry.enabled=true");
    }

    /** Properties, separated by '&', and whether the client without a name and the client 'payments' have breakers. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry.enabled=true | true | true",
                "retry.enabled=false | false | false",
                "circuit-breaker.enabled=true | true | true",
                "circuit-breaker.enabled=true & retry.enabled=false | true | true",
                "circuit-breaker.enabled=false & retry.enabled=true | false | false",
                "P.retry.enabled=true | false | true",
                "P.retry.enabled=false & retry.enabled=true | true | false",
                "P.retry.enabled=true & circuit-breaker.enabled=false | false | false",
                "P.retry.enabled=false & circuit-breaker.enabled=true | true | true",
                "P.circuit-breaker.enabled=true | false | true",
                "P.circuit-breaker.enabled=false & retry.enabled=true | true | false",
                "P.circuit-breaker.enabled=true & circuit-breaker.enabled=false | false | true",
                "P.circuit-breaker.enabled=false & circuit-breaker.enabled=true | true | false"
            })
    void whetherThereAreBreakersIsSaidByTheirOwnKeyElseByThatOfRetries(
            String written, boolean ofDefault, boolean ofPayments) {
        String[] properties = ("evenkeel." + written.replace("& ", "& evenkeel."))
                .replace("evenkeel.P.", "evenkeel.clients.payments.")
                .split(" & ");
        Contexts.plain()
                .withPropertyValues("evenkeel.clients.payments.connect-timeout=1s")
                .withPropertyValues(properties)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(ClientOptions.class).breaker().enabled())
                            .isEqualTo(ofDefault);
                    ClientProperties payments = context.getBean(Settings.class).client("payments");
                    assertThat(Objects.requireNonNull(SettingsMapper.map(payments))
                                    .breaker()
                                    .enabled())
                            .isEqualTo(ofPayments);
                });
    }

    @ParameterizedTest
    @CsvSource({"sliding-window-size=10, 10", "sliding-window-size=30, 20", "sliding-window-type=time_based, 20"})
    void theMinimumOfCallsIsLoweredToAWindowOfCallsThatSomebodyWroteDown(String property, int minimum) {
        options(
                options -> assertThat(options.breaker().minimumNumberOfCalls()).isEqualTo(minimum),
                "evenkeel.circuit-breaker.enabled=true",
                "evenkeel.circuit-breaker." + property);
    }

    @ParameterizedTest
    @ValueSource(strings = {"time_based", "time-based", "TIME_BASED", "timeBased"})
    void theTypeOfAWindowIsSpeltInAnyWay(String written) {
        options(
                options -> assertThat(options.breaker().slidingWindowType())
                        .isEqualTo(BreakerSettings.WindowType.TIME_BASED),
                "evenkeel.circuit-breaker.enabled=true",
                "evenkeel.circuit-breaker.sliding-window-type=" + written);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "statuses=429, 500 | 429,500",
                "statuses= | ''",
                "statuses=503,503 | 503",
                "statuses[0]=408 & retry.statuses[1]=599 | 408,599"
            })
    void theStatusesOfRetriesAreAList(String written, String statuses) {
        options(
                options -> assertThat(options.retry().statuses())
                        .extracting(String::valueOf)
                        .containsExactlyInAnyOrder(StringUtils.commaDelimitedListToStringArray(statuses)),
                ("evenkeel.retry.enabled=true & evenkeel.retry." + written.replace("& ", "& evenkeel.")).split(" & "));
    }

    @Test
    void underscoresAndCapitalsAreTheSameKey() {
        options(options -> assertThat(options.limits().maxSize()).isEqualTo(7), "EVENKEEL.POOL.MAX_SIZE=7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evenkeel.pool.max-size=0",
                "evenkeel.pool.max-overflow=0",
                "evenkeel.pool.overflow-linger=0",
                "evenkeel.pool.overflow-linger=10ms",
                "evenkeel.pool.max-size=200",
                "evenkeel.pool.max-idle=1",
                "evenkeel.pool.acquire-timeout=0",
                "evenkeel.pool.acquire-timeout=100ms",
                "evenkeel.pool.acquire-timeout=10m",
                "evenkeel.pool.idle-timeout=100ms",
                "evenkeel.pool.idle-timeout=60s",
                "evenkeel.pool.max-idle-timeout=100ms",
                "evenkeel.pool.max-idle-timeout=5m",
                "evenkeel.pool.max-lifetime=100ms",
                "evenkeel.pool.max-lifetime=24h",
                "evenkeel.metrics.max-routes=1000",
                "evenkeel.max-response-headers=10",
                "evenkeel.max-response-headers=10000",
                "evenkeel.max-response-head-size=1KB",
                "evenkeel.max-response-head-size=10MB",
                "evenkeel.max-response-size=1KB",
                "evenkeel.max-response-size=100TB",
                "evenkeel.max-decompression-ratio=0",
                "evenkeel.max-decompression-ratio=10",
                "evenkeel.max-decompression-ratio=2147483647",
                "evenkeel.call-timeout=0",
                "evenkeel.call-timeout=100ms",
                "evenkeel.call-timeout=24h",
                "evenkeel.write-timeout=0",
                "evenkeel.write-timeout=100ms",
                "evenkeel.write-timeout=1h",
                "evenkeel.max-interim-responses=0",
                "evenkeel.max-interim-responses=1000",
                "evenkeel.unknown-content-encoding=PASS",
                "spring.http.clients.connect-timeout=0",
                "spring.http.clients.read-timeout=0",
                "spring.http.clients.read-timeout=24d"
            })
    void aLimitingValueIsAccepted(String property) {
        options(options -> {}, property);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max-retries=1",
                "max-retries=10",
                "statuses=500",
                "statuses=408,425,599",
                "delay=1ms",
                "max-delay=1ms",
                "max-delay=5m",
                "max-retry-after=0",
                "max-retry-after=1h",
                "attempt-timeout=0",
                "attempt-timeout=10ms",
                "attempt-timeout=1h",
                "budget.burst=1",
                "budget.burst=1000",
                "budget.ratio=0.001",
                "budget.ratio=1"
            })
    void aLimitingValueOfRetriesIsAccepted(String property) {
        options(options -> {}, "evenkeel.retry.enabled=true", "evenkeel.retry." + property);
        options(options -> {}, "evenkeel.retry.enabled=true", "evenkeel.clients.payments.retry." + property);
    }

    /** Properties, separated by '&'. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry.delay=60s & retry.max-delay=60s",
                "retry.delay=100ms & call-timeout=101ms",
                "retry.max-delay=50ms & call-timeout=100ms",
                "call-timeout=100ms & clients.payments.retry.enabled=false & clients.payments.retry.delay=1s"
                        + " & retry.enabled=false",
                "retry.attempt-timeout=2s & call-timeout=2s",
                "clients.payments.read-timeout=1s & retry.attempt-timeout=2s",
                "clients.payments.call-timeout=1s & retry.attempt-timeout=2s",
                "clients.payments.read-timeout=0 & clients.payments.retry.attempt-timeout=2s"
            })
    void whatGoesTogetherIsAccepted(String properties) {
        options(
                options -> {},
                ("evenkeel.retry.enabled=true & evenkeel." + properties.replace("& ", "& evenkeel.")).split(" & "));
    }

    /** Properties, separated by '&'. Who switches retries off need not remove the rest; whom they concern decides. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry.enabled=false & retry.delay=200ms",
                "retry.enabled=false & clients.payments.retry.delay=200ms",
                "clients.payments.retry.enabled=true & retry.delay=200ms",
                "clients.payments.retry.enabled=false & clients.payments.retry.statuses=503",
                "clients.payments.enabled=false & clients.payments.retry.delay=200ms"
            })
    void whatIsWrittenForRetriesThatSomebodyDecidedOnIsAccepted(String properties) {
        options(options -> {}, ("evenkeel." + properties.replace("& ", "& evenkeel.")).split(" & "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "failure-rate-threshold=0.01",
                "failure-rate-threshold=100",
                "sliding-window-size=1",
                "sliding-window-size=10000",
                "minimum-number-of-calls=1",
                "minimum-number-of-calls=20",
                "permitted-number-of-calls-in-half-open-state=1",
                "wait-duration-in-open-state=1ms",
                "wait-duration-in-open-state=1d",
                "slow-call-duration-threshold=0",
                "slow-call-duration-threshold=1ms",
                "slow-call-duration-threshold=1h"
            })
    void aLimitingValueOfBreakersIsAccepted(String property) {
        options(options -> {}, "evenkeel.circuit-breaker.enabled=true", "evenkeel.circuit-breaker." + property);
        options(options -> {}, "evenkeel.retry.enabled=true", "evenkeel.clients.payments.circuit-breaker." + property);
    }

    /** Properties, separated by '&'. Who switches breakers off need not remove the rest; whom they concern decides. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "circuit-breaker.enabled=false & circuit-breaker.sliding-window-size=30",
                "circuit-breaker.enabled=false & clients.payments.circuit-breaker.sliding-window-size=30",
                "retry.enabled=false & circuit-breaker.sliding-window-size=30",
                "clients.payments.retry.enabled=true & circuit-breaker.sliding-window-size=30",
                "clients.payments.circuit-breaker.enabled=true & circuit-breaker.sliding-window-size=30",
                "clients.payments.enabled=false & clients.payments.circuit-breaker.sliding-window-size=30",
                "retry.enabled=true & clients.payments.circuit-breaker.slow-call-duration-threshold=1s"
                        + " & circuit-breaker.slow-call-rate-threshold=50",
                "retry.enabled=true & circuit-breaker.slow-call-duration-threshold=1s"
                        + " & clients.payments.circuit-breaker.slow-call-rate-threshold=50",
                "retry.enabled=true & circuit-breaker.slow-call-duration-threshold=0"
                        + " & circuit-breaker.slow-call-rate-threshold=50",
                "retry.enabled=true & circuit-breaker.sliding-window-type=time_based"
                        + " & circuit-breaker.minimum-number-of-calls=100",
                "retry.enabled=true & circuit-breaker.minimum-number-of-calls=15"
                        + " & clients.payments.circuit-breaker.sliding-window-size=10"
            })
    void whatIsWrittenForBreakersThatSomebodyDecidedOnIsAccepted(String properties) {
        options(options -> {}, ("evenkeel." + properties.replace("& ", "& evenkeel.")).split(" & "));
    }

    private static void options(Consumer<ClientOptions> assertions, String... properties) {
        Contexts.plain().withPropertyValues(properties).run(context -> {
            assertThat(context).hasNotFailed();
            assertions.accept(context.getBean(ClientOptions.class));
        });
    }
}

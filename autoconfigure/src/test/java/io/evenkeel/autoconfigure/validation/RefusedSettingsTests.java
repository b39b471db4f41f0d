// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.Refused;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/** Each dead or dangerous value is refused, with key, value, reason and remedy. */
class RefusedSettingsTests {

    /** Properties, separated by '&'; the key that is named; words of the reason; words of the remedy. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // negative
                "evenkeel.pool.max-size=-1 | evenkeel.pool.max-size | cannot be negative | Write 0 to keep none",
                "evenkeel.pool.max-size=-2147483648 | evenkeel.pool.max-size | cannot be negative | default of 1",
                "evenkeel.pool.max-overflow=-1 | evenkeel.pool.max-overflow | cannot be negative | strict pool",
                "evenkeel.pool.max-overflow=-99 | evenkeel.pool.max-overflow | cannot be negative | default of 99",
                "evenkeel.pool.max-idle=-1 | evenkeel.pool.max-idle | no connection could be kept | at least 1",
                "evenkeel.pool.overflow-linger=-1ms | evenkeel.pool.overflow-linger | cannot be negative | 10ms",
                "evenkeel.pool.overflow-linger=-5s | evenkeel.pool.overflow-linger | cannot be negative | 10ms",
                "evenkeel.pool.acquire-timeout=-1 | evenkeel.pool.acquire-timeout | cannot be negative | 100ms",
                "evenkeel.pool.acquire-timeout=-10s | evenkeel.pool.acquire-timeout | cannot be negative | 100ms",
                "evenkeel.pool.idle-timeout=-1 | evenkeel.pool.idle-timeout | cannot be negative | 100ms",
                "evenkeel.pool.idle-timeout=-4s | evenkeel.pool.idle-timeout | cannot be negative | 100ms",
                "evenkeel.pool.max-idle-timeout=-1 | evenkeel.pool.max-idle-timeout | cannot be negative | 100ms",
                "evenkeel.pool.max-idle-timeout=-1m | evenkeel.pool.max-idle-timeout | cannot be negative | 100ms",
                "evenkeel.pool.max-lifetime=-1 | evenkeel.pool.max-lifetime | cannot be negative | 100ms",
                "evenkeel.pool.max-lifetime=-5m | evenkeel.pool.max-lifetime | cannot be negative | 100ms",
                "evenkeel.metrics.max-routes=-1 | evenkeel.metrics.max-routes | no route | per-route: false",
                "evenkeel.call-timeout=-1 | evenkeel.call-timeout | cannot be negative | 0 for none",
                "evenkeel.call-timeout=30 | evenkeel.call-timeout | without unit is milliseconds | Did you mean 30s",
                "evenkeel.call-timeout=99ms | evenkeel.call-timeout | hardly any call | at least 100ms",
                "evenkeel.write-timeout=-1 | evenkeel.write-timeout | cannot be negative | 0 for none",
                "evenkeel.write-timeout=30 | evenkeel.write-timeout | without unit is milliseconds | Did you mean 30s",
                "evenkeel.write-timeout=99ms | evenkeel.write-timeout | pauses of a network | at least 100ms",
                "evenkeel.write-timeout=61m | evenkeel.write-timeout | not that of an upload | at most 1h",
                "evenkeel.call-timeout=25h | evenkeel.call-timeout | no caller waits | at most 24h",
                "evenkeel.max-interim-responses=-1 | evenkeel.max-interim-responses | without limit | Write 0 to allow none",
                "evenkeel.max-interim-responses=1001 | evenkeel.max-interim-responses | protect nothing | at most 1000",
                "evenkeel.max-response-headers=-1 | evenkeel.max-response-headers | would be refused | at least 10",
                "evenkeel.max-response-head-size=-1KB | evenkeel.max-response-head-size | would be refused | at least 1KB",
                "evenkeel.max-response-size=-1KB | evenkeel.max-response-size | would be refused | remove it for no limit",
                "evenkeel.max-decompression-ratio=-1 | evenkeel.max-decompression-ratio | negative | 0 for no limit",
                "evenkeel.shutdown.timeout=-1 | evenkeel.shutdown.timeout | cannot be negative | Write 0",
                "evenkeel.shutdown.timeout=-25s | evenkeel.shutdown.timeout | cannot be negative | default of 25s",
                // 0 where it can mean nothing
                "evenkeel.pool.max-idle=0 | evenkeel.pool.max-idle | no connection could be kept | max-size: 0",
                "evenkeel.pool.idle-timeout=0 | evenkeel.pool.idle-timeout | ever be used again | max-size: 0",
                "evenkeel.pool.max-idle-timeout=0 | evenkeel.pool.max-idle-timeout | ever be used again | max-size: 0",
                "evenkeel.pool.max-lifetime=0 | evenkeel.pool.max-lifetime | not mean 'for ever' | max-size: 0",
                "evenkeel.metrics.max-routes=0 | evenkeel.metrics.max-routes | no route | per-route: false",
                "evenkeel.max-response-headers=0 | evenkeel.max-response-headers | not mean 'without limit' | default of 100",
                "evenkeel.max-response-head-size=0 | evenkeel.max-response-head-size | not mean 'without limit' | 64KB",
                "evenkeel.deadline.accept-header= | evenkeel.deadline.accept-header | needs a name | such as Expect-Within",
                "evenkeel.deadline.accept-header=a b | evenkeel.deadline.accept-header | cannot have | accept none",
                "evenkeel.deadline.accept-unit=millis | evenkeel.deadline.accept-unit | no header is accepted | accept-header",
                "evenkeel.deadline.min=10ms | evenkeel.deadline.min | no header is accepted | accept-header",
                "evenkeel.deadline.send-header= | evenkeel.deadline.send-header | needs a name | such as Expect-Within",
                "evenkeel.deadline.send-header=Expect Within | evenkeel.deadline.send-header | cannot have | Expect-Within",
                "evenkeel.deadline.send-header=Expect | evenkeel.deadline.send-header | another reason | remove it",
                "evenkeel.deadline.send-unit=millis | evenkeel.deadline.send-unit | no header is sent | send-header",
                "evenkeel.max-response-size=0 | evenkeel.max-response-size | not mean 'without limit' | at least 1KB",
                // too small or too large to be meant
                "evenkeel.max-response-size=10 | evenkeel.max-response-size | number without unit | mean 10MB",
                "evenkeel.max-response-size=1023B | evenkeel.max-response-size | ordinary responses | at least 1KB",
                "evenkeel.max-decompression-ratio=1 | evenkeel.max-decompression-ratio | ordinary text | at least 10",
                "evenkeel.max-decompression-ratio=9 | evenkeel.max-decompression-ratio | ordinary text | default of 250",
                "evenkeel.max-response-headers=9 | evenkeel.max-response-headers | ordinary responses | at least 10",
                "evenkeel.max-response-headers=10001 | evenkeel.max-response-headers | protect nothing | at most 10000",
                "evenkeel.max-response-headers=2147483647 | evenkeel.max-response-headers | protect nothing | 10000",
                "evenkeel.max-response-head-size=64 | evenkeel.max-response-head-size | without unit | mean 64KB",
                "evenkeel.max-response-head-size=1023B | evenkeel.max-response-head-size | ordinary | at least 1KB",
                "evenkeel.max-response-head-size=10485761B | evenkeel.max-response-head-size | in memory | at most 10MB",
                "evenkeel.max-response-head-size=4GB | evenkeel.max-response-head-size | protect nothing | at most 10MB",
                "evenkeel.shutdown.timeout=25h | evenkeel.shutdown.timeout | kills it | at most 24h",
                // no unit
                "evenkeel.shutdown.timeout=25 | evenkeel.shutdown.timeout | number without unit | Did you mean 25s",
                "evenkeel.shutdown.timeout=99ms | evenkeel.shutdown.timeout | hardly any task | or 0 to interrupt",
                "evenkeel.pool.overflow-linger=1 | evenkeel.pool.overflow-linger | number without unit | Did you mean 1s",
                "evenkeel.pool.overflow-linger=5 | evenkeel.pool.overflow-linger | number without unit | Did you mean 5s",
                "evenkeel.pool.overflow-linger=9ms | evenkeel.pool.overflow-linger | too short | at least 10ms",
                "evenkeel.pool.acquire-timeout=1 | evenkeel.pool.acquire-timeout | number without unit | Did you mean 1s",
                "evenkeel.pool.acquire-timeout=10 | evenkeel.pool.acquire-timeout | number without unit | mean 10s",
                "evenkeel.pool.acquire-timeout=99 | evenkeel.pool.acquire-timeout | number without unit | mean 99s",
                "evenkeel.pool.acquire-timeout=1us | evenkeel.pool.acquire-timeout | too short | at least 100ms",
                "evenkeel.pool.acquire-timeout=1ns | evenkeel.pool.acquire-timeout | too short | at least 100ms",
                "evenkeel.pool.idle-timeout=4 | evenkeel.pool.idle-timeout | number without unit | Did you mean 4s",
                "evenkeel.pool.idle-timeout=30 | evenkeel.pool.idle-timeout | number without unit | Did you mean 30s",
                "evenkeel.pool.idle-timeout=99ms | evenkeel.pool.idle-timeout | too short | at least 100ms",
                "evenkeel.pool.idleTimeout=4 | evenkeel.pool.idle-timeout | number without unit | Did you mean 4s",
                "evenkeel.pool.max-idle-timeout=60 | evenkeel.pool.max-idle-timeout | without unit | mean 60s",
                "evenkeel.pool.max-idle-timeout=1ms | evenkeel.pool.max-idle-timeout | too short | at least 100ms",
                "evenkeel.pool.max-lifetime=5 | evenkeel.pool.max-lifetime | number without unit | Did you mean 5s",
                "evenkeel.pool.max-lifetime=50ms | evenkeel.pool.max-lifetime | too short | at least 100ms",
                // too much
                "evenkeel.pool.max-size=2147483647 & evenkeel.pool.max-idle=2147483647 | evenkeel.pool.max-overflow"
                        + " | more than can be counted | such as 1000",
                "evenkeel.pool.max-overflow=2147483647 | evenkeel.pool.max-overflow | can be counted | such as 1000",
                "evenkeel.pool.acquire-timeout=601s | evenkeel.pool.acquire-timeout | stuck | at most 10m",
                "evenkeel.pool.acquire-timeout=11m | evenkeel.pool.acquire-timeout | stuck | at most 10m",
                "evenkeel.pool.acquire-timeout=365d | evenkeel.pool.acquire-timeout | stuck | at most 10m",
                "evenkeel.pool.overflow-linger=25h | evenkeel.pool.overflow-linger | for that long | at most 24h",
                "evenkeel.pool.idle-timeout=25h | evenkeel.pool.idle-timeout | for that long | at most 24h",
                "evenkeel.pool.max-idle-timeout=2d | evenkeel.pool.max-idle-timeout | for that long | at most 24h",
                "evenkeel.pool.max-lifetime=86401s | evenkeel.pool.max-lifetime | for that long | at most 24h",
                "evenkeel.pool.max-lifetime=10000000d | evenkeel.pool.max-lifetime | for that long | at most 24h",
                "evenkeel.metrics.max-routes=1001 | evenkeel.metrics.max-routes | overload | at most 1000",
                "evenkeel.metrics.max-routes=2147483647 | evenkeel.metrics.max-routes | overload | at most 1000",
                // a header that cannot tell requests apart
                "evenkeel.idempotency-header= | evenkeel.idempotency-header | needs a name | default of Idempotency-Key",
                "evenkeel.idempotency-header=Idempotency Key | evenkeel.idempotency-header | cannot have | default of Idempotency-Key",
                "evenkeel.idempotency-header=Idempotency-Key: | evenkeel.idempotency-header | cannot have | default of Idempotency-Key",
                "evenkeel.idempotency-header=Schlüssel | evenkeel.idempotency-header | cannot have | default of Idempotency-Key",
                "evenkeel.idempotency-header=X/Y | evenkeel.idempotency-header | cannot have | default of Idempotency-Key",
                "evenkeel.idempotency-header=Content-Length | evenkeel.idempotency-header | another reason | default of Idempotency-Key",
                "evenkeel.idempotency-header=Host | evenkeel.idempotency-header | another reason | default of Idempotency-Key",
                "evenkeel.idempotency-header=authorization | evenkeel.idempotency-header | another reason | default of Idempotency-Key",
                "evenkeel.idempotency-header=COOKIE | evenkeel.idempotency-header | another reason | default of Idempotency-Key",
                "evenkeel.idempotency-header=Content-Type | evenkeel.idempotency-header | another reason | default of Idempotency-Key",
                "evenkeel.idempotency-header=Transfer-Encoding | evenkeel.idempotency-header | another reason | default of Idempotency-Key",
                "evenkeel.idempotency-header=User-Agent | evenkeel.idempotency-header | another reason | default of Idempotency-Key",
                "evenkeel.idempotency-header=traceparent | evenkeel.idempotency-header | another reason | default of Idempotency-Key",
                // together
                "evenkeel.pool.max-size=0 & evenkeel.pool.max-overflow=0 | evenkeel.pool.max-overflow"
                        + " | no connection could be opened | at least 1",
                "evenkeel.pool.max-size=201 | evenkeel.pool.max-size | allows for 200 idle | to at least 201",
                "evenkeel.pool.max-size=5 & evenkeel.pool.max-idle=4 | evenkeel.pool.max-size"
                        + " | allows for 4 idle | Raise 'evenkeel.pool.max-idle' to at least 5",
                "evenkeel.pool.idle-timeout=61s | evenkeel.pool.idle-timeout"
                        + " | 'evenkeel.pool.max-idle-timeout' (60s) ends | at most 60s",
                "evenkeel.pool.idle-timeout=10s & evenkeel.pool.max-idle-timeout=5s | evenkeel.pool.idle-timeout"
                        + " | (5s) ends the connection earlier | to at least 10s",
                "evenkeel.pool.idle-timeout=10s & evenkeel.pool.max-lifetime=9s | evenkeel.pool.idle-timeout"
                        + " | 'evenkeel.pool.max-lifetime' (9s) ends | at most 9s",
                "evenkeel.pool.max-idle-timeout=6m | evenkeel.pool.max-idle-timeout"
                        + " | 'evenkeel.pool.max-lifetime' (5m) ends | at most 5m",
                "evenkeel.pool.max-idle-timeout=40s & evenkeel.pool.max-lifetime=30s | evenkeel.pool.max-idle-timeout"
                        + " | (30s) ends the connection earlier | to at least 40s",
                "evenkeel.pool.overflow-linger=5s | evenkeel.pool.overflow-linger"
                        + " | 'evenkeel.pool.idle-timeout' (4s) ends | at most 4s",
                "evenkeel.pool.overflow-linger=300ms & evenkeel.pool.idle-timeout=200ms | evenkeel.pool.overflow-linger"
                        + " | (200ms) ends the connection earlier | to at least 300ms",
                // without effect
                "evenkeel.pool.max-size=0 & evenkeel.pool.overflow-linger=1s | evenkeel.pool.overflow-linger"
                        + " | without effect | Remove it",
                "evenkeel.pool.max-size=0 & evenkeel.pool.max-idle=10 | evenkeel.pool.max-idle"
                        + " | closes each connection | Remove it",
                "evenkeel.pool.max-size=0 & evenkeel.pool.idle-timeout=5s | evenkeel.pool.idle-timeout"
                        + " | closes each connection | max-size' at least 1",
                "evenkeel.pool.max-size=0 & evenkeel.pool.max-idle-timeout=50s | evenkeel.pool.max-idle-timeout"
                        + " | closes each connection | Remove it",
                "evenkeel.pool.max-size=0 & evenkeel.pool.max-lifetime=50s | evenkeel.pool.max-lifetime"
                        + " | closes each connection | Remove it",
                "evenkeel.pool.max-overflow=0 & evenkeel.pool.overflow-linger=1s | evenkeel.pool.overflow-linger"
                        + " | without effect | max-overflow' at least 1",
                // retries
                "evenkeel.retry.max-retries=0 | evenkeel.retry.max-retries"
                        + " | no request could be sent again | write 'evenkeel.retry.enabled: false'",
                "evenkeel.retry.max-retries=-1 | evenkeel.retry.max-retries | no request could be sent again | at least 1",
                "evenkeel.retry.max-retries=11 | evenkeel.retry.max-retries | feed a storm | at most 10",
                "evenkeel.retry.statuses=429,404 | evenkeel.retry.statuses"
                        + " | 404 is about the request itself | such as 429, 502",
                "evenkeel.retry.statuses=399 | evenkeel.retry.statuses | 399 is no status of a failure | such as 429, 502",
                "evenkeel.retry.statuses=600 | evenkeel.retry.statuses | 600 is no status of a failure | Remove it",
                "evenkeel.retry.statuses=-429 | evenkeel.retry.statuses | no status of a failure | Remove it",
                "evenkeel.retry.statuses=200 | evenkeel.retry.statuses | 200 is no status of a failure | Remove it",
                "evenkeel.retry.statuses=503, | evenkeel.retry.statuses | an element without a number | or its comma",
                "evenkeel.retry.enabled=true & evenkeel.retry.statuses[0]=503 & evenkeel.retry.statuses[1]=401 | evenkeel.retry.statuses[1]"
                        + " | 401 asks for credentials | Remove it",
                "evenkeel.retry.delay=0 | evenkeel.retry.delay | at once feeds a storm | at least 1ms",
                "evenkeel.retry.delay=999us | evenkeel.retry.delay | at once feeds a storm | at least 1ms",
                "evenkeel.retry.delay=-1s | evenkeel.retry.delay | cannot be negative | such as 100ms",
                "evenkeel.retry.delay=100 | evenkeel.retry.delay | number without unit | write 100ms",
                "evenkeel.retry.delay=61s | evenkeel.retry.delay | hardly any caller waits | at most 60s",
                "evenkeel.retry.max-delay=0 | evenkeel.retry.max-delay | at once feeds a storm | at least 1ms",
                "evenkeel.retry.max-delay=-1ms | evenkeel.retry.max-delay | cannot be negative | at least 1ms",
                "evenkeel.retry.max-delay=5 | evenkeel.retry.max-delay | number without unit | Did you mean 5s",
                "evenkeel.retry.max-delay=6m | evenkeel.retry.max-delay | hardly any caller waits | at most 5m",
                "evenkeel.retry.max-retry-after=-1s | evenkeel.retry.max-retry-after"
                        + " | cannot be negative | or 0 to never wait",
                "evenkeel.retry.max-retry-after=10 | evenkeel.retry.max-retry-after | number without unit | Did you mean 10s",
                "evenkeel.retry.max-retry-after=61m | evenkeel.retry.max-retry-after"
                        + " | no caller waits that long | at most 1h",
                "evenkeel.retry.attempt-timeout=-1s | evenkeel.retry.attempt-timeout"
                        + " | cannot be negative | or 0 for the read timeout",
                "evenkeel.retry.attempt-timeout=2 | evenkeel.retry.attempt-timeout | number without unit | Did you mean 2s",
                "evenkeel.retry.attempt-timeout=9ms | evenkeel.retry.attempt-timeout"
                        + " | hardly any response could begin | at least 10ms",
                "evenkeel.retry.attempt-timeout=61m | evenkeel.retry.attempt-timeout"
                        + " | no caller waits that long | at most 1h, or 0",
                "evenkeel.retry.budget.burst=0 | evenkeel.retry.budget.burst"
                        + " | every retry would be refused | write 'evenkeel.retry.enabled: false'",
                "evenkeel.retry.budget.burst=-1 | evenkeel.retry.budget.burst | every retry would be refused | at least 1",
                "evenkeel.retry.budget.burst=1001 | evenkeel.retry.budget.burst | feed a storm | at most 1000",
                "evenkeel.retry.budget.ratio=0 | evenkeel.retry.budget.ratio"
                        + " | once the burst is spent | write 'evenkeel.retry.enabled: false'",
                "evenkeel.retry.budget.ratio=-0.1 | evenkeel.retry.budget.ratio | once the burst is spent | such as 0.1",
                "evenkeel.retry.budget.ratio=1.1 | evenkeel.retry.budget.ratio"
                        + " | more retries than successes | at most 1, such as 0.1",
                "evenkeel.retry.budget.ratio=NaN | evenkeel.retry.budget.ratio | is no number | at most 1, such as 0.1",
                "evenkeel.retry.budget.ratio=Infinity | evenkeel.retry.budget.ratio"
                        + " | more retries than successes | at most 1, such as 0.1",
                "evenkeel.retry.delay=6s | evenkeel.retry.delay"
                        + " | 'evenkeel.retry.max-delay' (5s) ends the wait earlier | at most 5s, or raise 'evenkeel.retry.max-delay'",
                "evenkeel.retry.enabled=true & evenkeel.retry.delay=2s & evenkeel.retry.max-delay=1s | evenkeel.retry.delay"
                        + " | (1s) ends the wait | to at least 2s",
                "evenkeel.retry.attempt-timeout=3s & spring.http.clients.read-timeout=2s | evenkeel.retry.attempt-timeout"
                        + " | 'spring.http.clients.read-timeout' (2s) ends the attempt | or raise 'spring.http.clients.read-timeout' to at least 3s",
                "evenkeel.retry.attempt-timeout=3s & evenkeel.call-timeout=2s | evenkeel.retry.attempt-timeout"
                        + " | 'evenkeel.call-timeout' (2s) ends the attempt | at most 2s, or raise 'evenkeel.call-timeout'",
                "evenkeel.retry.enabled=true & evenkeel.call-timeout=100ms | evenkeel.retry.delay"
                        + " | 'evenkeel.call-timeout' (100ms) ends the call by then | raise 'evenkeel.call-timeout' well above 100ms, or write 'evenkeel.retry.enabled: false'",
                "evenkeel.retry.enabled=true & evenkeel.retry.delay=2s & evenkeel.call-timeout=1s | evenkeel.retry.delay"
                        + " | (1s) ends the call by then | well above 2s",
                "evenkeel.retry.max-retries=3 | evenkeel.retry.max-retries"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.statuses=503 | evenkeel.retry.statuses"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.statuses[0]=503 | evenkeel.retry.statuses[0]"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.delay=1s | evenkeel.retry.delay"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.max-delay=1s | evenkeel.retry.max-delay"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.max-retry-after=1s | evenkeel.retry.max-retry-after"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.attempt-timeout=1s | evenkeel.retry.attempt-timeout"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.budget.burst=5 | evenkeel.retry.budget.burst"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.budget.ratio=0.2 | evenkeel.retry.budget.ratio"
                        + " | because no request is sent again | Write 'evenkeel.retry.enabled: true', too, or remove it",
                "evenkeel.retry.statuses=503,400 | evenkeel.retry.statuses | 400 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,402 | evenkeel.retry.statuses | 402 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,406 | evenkeel.retry.statuses | 406 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,412 | evenkeel.retry.statuses | 412 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,416 | evenkeel.retry.statuses | 416 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,428 | evenkeel.retry.statuses | 428 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,451 | evenkeel.retry.statuses | 451 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,403 | evenkeel.retry.statuses | 403 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,404 | evenkeel.retry.statuses | 404 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,405 | evenkeel.retry.statuses | 405 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,407 | evenkeel.retry.statuses | 407 asks for | such as 429, 502",
                "evenkeel.retry.statuses=503,410 | evenkeel.retry.statuses | 410 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,411 | evenkeel.retry.statuses | 411 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,413 | evenkeel.retry.statuses | 413 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,414 | evenkeel.retry.statuses | 414 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,415 | evenkeel.retry.statuses | 415 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,417 | evenkeel.retry.statuses | 417 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,422 | evenkeel.retry.statuses | 422 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,426 | evenkeel.retry.statuses | 426 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,431 | evenkeel.retry.statuses | 431 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,501 | evenkeel.retry.statuses | 501 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,505 | evenkeel.retry.statuses | 505 is about | such as 429, 502",
                "evenkeel.retry.statuses=503,511 | evenkeel.retry.statuses | 511 asks for | such as 429, 502",
                // circuit breakers
                "evenkeel.circuit-breaker.failure-rate-threshold=0 | evenkeel.circuit-breaker.failure-rate-threshold | open without a cause | such as 50",
                "evenkeel.circuit-breaker.failure-rate-threshold=-1 | evenkeel.circuit-breaker.failure-rate-threshold | open without a cause | such as 50",
                "evenkeel.circuit-breaker.failure-rate-threshold=1e-60 | evenkeel.circuit-breaker.failure-rate-threshold | open without a cause | such as 50",
                "evenkeel.circuit-breaker.failure-rate-threshold=NaN | evenkeel.circuit-breaker.failure-rate-threshold | it is no number | such as 50",
                "evenkeel.circuit-breaker.failure-rate-threshold=100.1 | evenkeel.circuit-breaker.failure-rate-threshold | no more than all attempts | such as 50",
                "evenkeel.circuit-breaker.failure-rate-threshold=Infinity | evenkeel.circuit-breaker.failure-rate-threshold | no more than all | such as 50",
                "evenkeel.circuit-breaker.slow-call-rate-threshold=0 | evenkeel.circuit-breaker.slow-call-rate-threshold | open without a cause | such as 100",
                "evenkeel.circuit-breaker.slow-call-rate-threshold=-1 | evenkeel.circuit-breaker.slow-call-rate-threshold | open without a cause | such as 100",
                "evenkeel.circuit-breaker.slow-call-rate-threshold=1e-60 | evenkeel.circuit-breaker.slow-call-rate-threshold | open without a cause | such as 100",
                "evenkeel.circuit-breaker.slow-call-rate-threshold=NaN | evenkeel.circuit-breaker.slow-call-rate-threshold | it is no number | such as 100",
                "evenkeel.circuit-breaker.slow-call-rate-threshold=100.1 | evenkeel.circuit-breaker.slow-call-rate-threshold | no more than all attempts | such as 100",
                "evenkeel.circuit-breaker.slow-call-rate-threshold=Infinity | evenkeel.circuit-breaker.slow-call-rate-threshold | no more than all | such as 100",
                "evenkeel.circuit-breaker.sliding-window-size=0 | evenkeel.circuit-breaker.sliding-window-size | nothing would be counted | at least 1",
                "evenkeel.circuit-breaker.sliding-window-size=-1 | evenkeel.circuit-breaker.sliding-window-size | nothing would be counted | such as 20",
                "evenkeel.circuit-breaker.sliding-window-size=10001 | evenkeel.circuit-breaker.sliding-window-size | so many attempts say nothing | at most 10000",
                "evenkeel.retry.enabled=true & evenkeel.circuit-breaker.sliding-window-type=time_based & evenkeel.circuit-breaker.sliding-window-size=0 | evenkeel.circuit-breaker.sliding-window-size | nothing would be counted | at least 1",
                "evenkeel.retry.enabled=true & evenkeel.circuit-breaker.sliding-window-type=time_based & evenkeel.circuit-breaker.sliding-window-size=3601 | evenkeel.circuit-breaker.sliding-window-size | more seconds ago says nothing | at most 3600",
                "evenkeel.circuit-breaker.minimum-number-of-calls=0 | evenkeel.circuit-breaker.minimum-number-of-calls | no rate means anything | at least 1",
                "evenkeel.circuit-breaker.minimum-number-of-calls=10001 | evenkeel.circuit-breaker.minimum-number-of-calls | so many attempts say nothing | at most 10000",
                "evenkeel.circuit-breaker.permitted-number-of-calls-in-half-open-state=0 | evenkeel.circuit-breaker.permitted-number-of-calls-in-half-open-state | could never close again | at least 1",
                "evenkeel.circuit-breaker.permitted-number-of-calls-in-half-open-state=10001 | evenkeel.circuit-breaker.permitted-number-of-calls-in-half-open-state | so many attempts say nothing | at most 10000",
                "evenkeel.circuit-breaker.wait-duration-in-open-state=0 | evenkeel.circuit-breaker.wait-duration-in-open-state | would turn nothing away | at least 1ms",
                "evenkeel.circuit-breaker.wait-duration-in-open-state=999us | evenkeel.circuit-breaker.wait-duration-in-open-state | would turn nothing away | such as 5s",
                "evenkeel.circuit-breaker.wait-duration-in-open-state=-1s | evenkeel.circuit-breaker.wait-duration-in-open-state | cannot be negative | at least 1ms",
                "evenkeel.circuit-breaker.wait-duration-in-open-state=5 | evenkeel.circuit-breaker.wait-duration-in-open-state | number without unit | Did you mean 5s",
                "evenkeel.circuit-breaker.wait-duration-in-open-state=25h | evenkeel.circuit-breaker.wait-duration-in-open-state | would get nothing for so long | at most",
                "evenkeel.circuit-breaker.slow-call-duration-threshold=-1s | evenkeel.circuit-breaker.slow-call-duration-threshold | cannot be negative | or 0 if none is slow",
                "evenkeel.circuit-breaker.slow-call-duration-threshold=1us | evenkeel.circuit-breaker.slow-call-duration-threshold | every attempt would be slow | or 0 if none is slow",
                "evenkeel.circuit-breaker.slow-call-duration-threshold=2 | evenkeel.circuit-breaker.slow-call-duration-threshold | number without unit | Did you mean 2s",
                "evenkeel.circuit-breaker.slow-call-duration-threshold=61m | evenkeel.circuit-breaker.slow-call-duration-threshold | no attempt takes that long | at most 1h",
                "evenkeel.retry.enabled=true & evenkeel.circuit-breaker.minimum-number-of-calls=21 | evenkeel.circuit-breaker.minimum-number-of-calls | 'evenkeel.circuit-breaker.sliding-window-size' (20) has no room | raise 'evenkeel.circuit-breaker.sliding-window-size' to at least 21",
                "evenkeel.retry.enabled=true & evenkeel.circuit-breaker.minimum-number-of-calls=31 & evenkeel.circuit-breaker.sliding-window-size=30 | evenkeel.circuit-breaker.minimum-number-of-calls | (30) has no room | at most 30",
                "evenkeel.retry.enabled=true & evenkeel.circuit-breaker.slow-call-rate-threshold=50 | evenkeel.circuit-breaker.slow-call-rate-threshold | because no attempt is slow | Write 'evenkeel.circuit-breaker.slow-call-duration-threshold', too, such as 2s",
                "evenkeel.circuit-breaker.per-route=false | evenkeel.circuit-breaker.per-route | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                "evenkeel.circuit-breaker.failure-rate-threshold=40 | evenkeel.circuit-breaker.failure-rate-threshold | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                "evenkeel.circuit-breaker.sliding-window-type=time_based | evenkeel.circuit-breaker.sliding-window-type | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                "evenkeel.circuit-breaker.sliding-window-size=30 | evenkeel.circuit-breaker.sliding-window-size | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                "evenkeel.circuit-breaker.minimum-number-of-calls=10 | evenkeel.circuit-breaker.minimum-number-of-calls | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                "evenkeel.circuit-breaker.permitted-number-of-calls-in-half-open-state=2 | evenkeel.circuit-breaker.permitted-number-of-calls-in-half-open-state | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                "evenkeel.circuit-breaker.wait-duration-in-open-state=9s | evenkeel.circuit-breaker.wait-duration-in-open-state | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                "evenkeel.circuit-breaker.slow-call-duration-threshold=2s | evenkeel.circuit-breaker.slow-call-duration-threshold | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                "evenkeel.circuit-breaker.slow-call-rate-threshold=90 | evenkeel.circuit-breaker.slow-call-rate-threshold | because there is no circuit breaker | Write 'evenkeel.circuit-breaker.enabled: true', too, or remove it",
                // Spring Boot's own
                "spring.http.clients.connect-timeout=-1 | spring.http.clients.connect-timeout"
                        + " | cannot be negative | or 0 for no timeout",
                "spring.http.clients.connect-timeout=500us | spring.http.clients.connect-timeout"
                        + " | rounded to 0 | at least 1ms",
                "spring.http.clients.connect-timeout=30d | spring.http.clients.connect-timeout"
                        + " | 24 days | at least 1ms",
                "spring.http.clients.read-timeout=-30s | spring.http.clients.read-timeout"
                        + " | cannot be negative | or 0 for no timeout",
                "spring.http.clients.read-timeout=1ns | spring.http.clients.read-timeout"
                        + " | rounded to 0 | at least 1ms",
                "spring.http.clients.read-timeout=25d | spring.http.clients.read-timeout | 24 days | 0 for no timeout",
                "spring.http.serviceclient.payments.read-timeout=-1s | spring.http.serviceclient.payments.read-timeout"
                        + " | cannot be negative | or 0 for no timeout",
                "spring.http.serviceclient.payments.connect-timeout=1us"
                        + " | spring.http.serviceclient.payments.connect-timeout | rounded to 0 | at least 1ms"
            })
    void isRefusedWithKeyValueReasonAndRemedy(String properties, String key, String reason, String remedy) {
        String[] pairs = StringUtils.trimArrayElements(properties.split("&"));
        Contexts.judging().withPropertyValues(pairs).run(context -> {
            assertThat(context).hasFailed();
            InvalidSettingException failure = Refused.causeOf(context.getStartupFailure());
            assertThat(failure.key()).isEqualTo(key);
            assertThat(failure.reason()).contains(reason);
            assertThat(failure.remedy()).contains(remedy);
            assertThat(failure).hasMessageContainingAll(key, failure.value(), reason, remedy);

            FailureAnalysis analysis = Refused.explain(pairs, failure);
            assertThat(analysis.getDescription()).contains("'" + key + "'", writtenValue(pairs, key), reason);
            assertThat(analysis.getAction()).contains(remedy);
        });
    }

    private static String writtenValue(String[] pairs, String key) {
        return List.of(pairs).stream()
                .filter(pair -> pair.replace("T", "-t").startsWith(key + "="))
                .map(pair -> "'" + pair.substring(pair.indexOf('=') + 1) + "'")
                .findFirst()
                .orElse("'its default'");
    }
}

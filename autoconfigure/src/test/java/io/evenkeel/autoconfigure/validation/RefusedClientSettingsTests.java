// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.Environments;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.Refused;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/**
 * Each dead or dangerous value of a client is refused with the key that is really written, whether or not anybody
 * injects the client. {@code C} stands for {@code evenkeel.clients.my-group}, {@code G} for
 * {@code spring.http.serviceclient.my-group}, {@code A} for {@code evenkeel}.
 */
class RefusedClientSettingsTests {

    /** Properties, separated by '&'; the key that is named; words of the reason; words of the remedy. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // the rules for all clients
                "C.pool.max-size=-1 | C.pool.max-size | cannot be negative | Write 0 to keep none",
                "C.pool.max-overflow=-1 | C.pool.max-overflow | cannot be negative | strict pool",
                "C.pool.max-idle=-1 | C.pool.max-idle | no connection could be kept | write 'C.pool.max-size: 0'",
                "C.pool.max-idle=0 | C.pool.max-idle | no connection could be kept | write 'C.pool.max-size: 0'",
                "C.pool.overflow-linger=-1ms | C.pool.overflow-linger | cannot be negative | 10ms",
                "C.pool.overflow-linger=5 | C.pool.overflow-linger | number without unit | Did you mean 5s",
                "C.pool.acquire-timeout=10 | C.pool.acquire-timeout | number without unit | mean 10s",
                "C.pool.acquire-timeout=11m | C.pool.acquire-timeout | stuck | at most 10m",
                "C.pool.idle-timeout=4 | C.pool.idle-timeout | number without unit | Did you mean 4s",
                "C.pool.idleTimeout=4 | C.pool.idle-timeout | number without unit | Did you mean 4s",
                "C.pool.idle-timeout=0 | C.pool.idle-timeout | ever be used again | write 'C.pool.max-size: 0'",
                "C.pool.max-idle-timeout=2d | C.pool.max-idle-timeout | for that long | at most 24h",
                "C.pool.max-lifetime=50ms | C.pool.max-lifetime | too short | at least 100ms",
                "C.write-timeout=-1s | C.write-timeout | cannot be negative | 0 for none",
                "C.call-timeout=-1s | C.call-timeout | cannot be negative | 0 for none",
                "C.max-interim-responses=-1 | C.max-interim-responses | cannot be negative | default of 20",
                "C.max-interim-responses=2000 | C.max-interim-responses | protect nothing | at most 1000",
                "C.max-response-headers=9 | C.max-response-headers | ordinary responses | at least 10",
                "C.max-response-headers=10001 | C.max-response-headers | protect nothing | at most 10000",
                "C.max-response-head-size=64 | C.max-response-head-size | without unit | mean 64KB",
                "C.max-response-size=10 | C.max-response-size | without unit | mean 10MB",
                "C.deadline.send-header=Host | C.deadline.send-header | another reason | such as Expect-Within",
                "C.deadline.send-unit=seconds | C.deadline.send-unit | no header is sent | set 'C.deadline.send-header'",
                "C.max-response-size=0 | C.max-response-size | not mean 'without limit' | remove it",
                "C.max-decompression-ratio=5 | C.max-decompression-ratio | ordinary text | at least 10",
                "C.max-response-head-size=4GB | C.max-response-head-size | protect nothing | at most 10MB",
                "C.idempotency-header= | C.idempotency-header | needs a name | default of Idempotency-Key",
                "C.idempotency-header=Host | C.idempotency-header | another reason | default of Idempotency-Key",
                "C.idempotency-header=X/Y | C.idempotency-header | cannot have | default of Idempotency-Key",
                "C.retry.max-retries=0 | C.retry.max-retries | no request could be sent again | write 'C.retry.enabled: false'",
                "C.retry.statuses=404 | C.retry.statuses | 404 is about the request itself | Remove it",
                "C.retry.statuses[0]=401 | C.retry.statuses[0] | 401 asks for credentials | Remove it",
                "C.retry.delay=100 | C.retry.delay | number without unit | write 100ms",
                "C.retry.max-delay=6m | C.retry.max-delay | hardly any caller waits | at most 5m",
                "C.retry.max-retry-after=-1s | C.retry.max-retry-after | cannot be negative | or 0 to never wait",
                "C.retry.attempt-timeout=9ms | C.retry.attempt-timeout | hardly any response | or 0 for the read timeout",
                "C.retry.budget.burst=0 | C.retry.budget.burst | every retry would be refused | write 'C.retry.enabled: false'",
                "C.retry.budget.ratio=2 | C.retry.budget.ratio | more retries than successes | at most 1",
                "C.circuit-breaker.failure-rate-threshold=0 | C.circuit-breaker.failure-rate-threshold | open without a cause | such as 50",
                "C.circuit-breaker.sliding-window-size=0 | C.circuit-breaker.sliding-window-size | nothing would be counted | at least 1",
                "C.circuit-breaker.minimum-number-of-calls=-1 | C.circuit-breaker.minimum-number-of-calls | no rate means anything | at least 1",
                "C.circuit-breaker.permitted-number-of-calls-in-half-open-state=0 | C.circuit-breaker.permitted-number-of-calls-in-half-open-state | never close again | at least 1",
                "C.circuit-breaker.wait-duration-in-open-state=5 | C.circuit-breaker.wait-duration-in-open-state | number without unit | Did you mean 5s",
                "C.circuit-breaker.slow-call-duration-threshold=-1s | C.circuit-breaker.slow-call-duration-threshold | cannot be negative | or 0 if none is slow",
                "C.circuit-breaker.slow-call-rate-threshold=101 | C.circuit-breaker.slow-call-rate-threshold | no more than all attempts | such as 100",
                "C.circuit-breaker.sliding-window-size=30 | C.circuit-breaker.sliding-window-size | without effect | Write 'C.circuit-breaker.enabled: true', too",
                "C.circuit-breaker.sliding-window-type=lots | C.circuit-breaker.sliding-window-type | there is no such choice | count-based, time-based",
                "C.circuit-breaker.per-route=2 | C.circuit-breaker.per-route | neither true nor false | true or false",
                "C.circuit-breaker.enabled=on-demand | C.circuit-breaker.enabled | neither true nor false | true or false",
                "A.circuit-breaker.sliding-window-size=30 & C.pool.max-size=2 | A.circuit-breaker.sliding-window-size | without effect | Write 'A.circuit-breaker.enabled: true', too",
                "C.retry.max-retries=3 | C.retry.max-retries | without effect | Write 'C.retry.enabled: true', too",
                "C.retry.statuses[0]=503 | C.retry.statuses[0] | without effect | Write 'C.retry.enabled: true', too",
                "A.retry.delay=1s & C.pool.max-size=2 | A.retry.delay | without effect | Write 'A.retry.enabled: true', too",
                // together
                "C.pool.max-size=0 & C.pool.max-overflow=0 | C.pool.max-overflow | 'C.pool.max-size' is 0 too | at least 1",
                "C.pool.max-size=201 | C.pool.max-size | 'C.pool.max-idle' allows for 200 | Raise 'C.pool.max-idle'",
                "C.pool.idle-timeout=61s | C.pool.idle-timeout | 'C.pool.max-idle-timeout' (60s) ends | raise 'C.pool.max",
                "C.pool.overflow-linger=5s | C.pool.overflow-linger | 'C.pool.idle-timeout' (4s) ends | at most 4s",
                "C.pool.max-size=0 & C.pool.overflow-linger=1s | C.pool.overflow-linger"
                        + " | because 'C.pool.max-size: 0' closes | make 'C.pool.max-size' at least 1",
                "C.pool.max-size=0 & C.pool.idle-timeout=5s | C.pool.idle-timeout | without effect | Remove it",
                "C.pool.max-overflow=0 & C.pool.overflow-linger=1s | C.pool.overflow-linger"
                        + " | because 'C.pool.max-overflow: 0' lets | make 'C.pool.max-overflow' at least 1",
                // together with what is written for all
                "A.pool.max-size=0 & C.pool.max-overflow=0 | C.pool.max-overflow | 'A.pool.max-size' is 0 too | at least 1",
                "A.pool.max-size=0 & C.pool.idle-timeout=5s | C.pool.idle-timeout | because 'A.pool.max-size: 0' | Remove",
                "A.pool.max-size=100 & C.pool.max-idle=50 | A.pool.max-size | 'C.pool.max-idle' allows for 50"
                        + " | Raise 'C.pool.max-idle' to at least 100, or lower 'C.pool.max-size'",
                "A.pool.max-idle-timeout=5s & C.pool.idle-timeout=10s | C.pool.idle-timeout"
                        + " | 'A.pool.max-idle-timeout' (5s) ends | raise 'C.pool.max-idle-timeout' to at least 10s",
                "A.clients.other.retry.enabled=true & C.retry.delay=1s | C.retry.delay | without effect | Write 'C.retry.enabled: true'",
                "A.clients.other.retry.enabled=true & C.circuit-breaker.per-route=false | C.circuit-breaker.per-route | without effect | Write 'C.circuit-breaker.enabled: true'",
                "A.clients.other.circuit-breaker.enabled=true & C.circuit-breaker.per-route=false | C.circuit-breaker.per-route | without effect | Write 'C.circuit-breaker.enabled: true'",
                "A.retry.enabled=true & A.circuit-breaker.sliding-window-size=10 & C.circuit-breaker.minimum-number-of-calls=11 | C.circuit-breaker.minimum-number-of-calls | 'A.circuit-breaker.sliding-window-size' (10) has no room | raise 'A.circuit-breaker.sliding-window-size' to at least 11",
                "C.retry.enabled=true & C.circuit-breaker.slow-call-rate-threshold=50 | C.circuit-breaker.slow-call-rate-threshold | no attempt is slow | Write 'C.circuit-breaker.slow-call-duration-threshold', too",
                "A.retry.enabled=true & A.clients.other.circuit-breaker.slow-call-duration-threshold=1s & C.circuit-breaker.slow-call-rate-threshold=50 | C.circuit-breaker.slow-call-rate-threshold | no attempt is slow | or remove it",
                "A.retry.enabled=true & A.retry.max-delay=1s & C.retry.delay=2s | C.retry.delay | 'A.retry.max-delay' (1s) ends"
                        + " | raise 'A.retry.max-delay' to at least 2s",
                "C.retry.enabled=true & C.retry.attempt-timeout=2s & G.read-timeout=1s | C.retry.attempt-timeout | 'G.read-timeout' (1s)"
                        + " | raise 'G.read-timeout' to at least 2s",
                "C.retry.enabled=true & C.retry.attempt-timeout=2s & A.call-timeout=1s | C.retry.attempt-timeout | 'A.call-timeout' (1s)"
                        + " | at most 1s",
                "A.retry.enabled=true & A.retry.delay=1s & C.call-timeout=1s | A.retry.delay | 'C.call-timeout' (1s) ends the call"
                        + " | raise 'C.call-timeout' well above 1s, or write 'C.retry.enabled: false'",
                "A.retry.enabled=true & C.call-timeout=100ms & C.retry.delay=100ms | C.retry.delay | 'C.call-timeout' (100ms) ends"
                        + " | write 'C.retry.enabled: false'",
                // Spring Boot's own
                "C.connect-timeout=-1 | C.connect-timeout | cannot be negative | or 0 for no timeout",
                "C.connect-timeout=500us | C.connect-timeout | rounded to 0 | at least 1ms",
                "C.read-timeout=-30s | C.read-timeout | cannot be negative | or 0 for no timeout",
                "C.read-timeout=25d | C.read-timeout | 24 days | 0 for no timeout",
                "G.read-timeout=25d & C.enabled=true | G.read-timeout | 24 days | 0 for no timeout",
                "C.enabled=false & C.read-timeout=-1s | C.read-timeout | cannot be negative | or 0 for no timeout",
                // base URLs that cannot work
                "C.base-url=api.example.com | C.base-url | does not begin with https:// | Did you mean https://api.example.com?",
                "C.base-url=/v1 | C.base-url | does not begin with https:// | such as https://",
                "C.base-url=ftp://example.com | C.base-url | 'ftp' is no scheme of HTTP | such as https://",
                "C.base-url=localhost:8080 | C.base-url | does not begin with https:// | Did you mean https://localhost:8080?",
                "C.base-url=https:// | C.base-url | no host | such as https://",
                "C.base-url=https:///v1 | C.base-url | no host | such as https://",
                "C.base-url=http://example.com:99999 | C.base-url | no URL | such as https://",
                "C.base-url=http://example.com:port | C.base-url | no URL | such as https://",
                "C.base-url=https://example.com/#top | C.base-url | fragment is never sent | Leave it out",
                "G.base-url=ftp://example.com & C.enabled=true | G.base-url | 'ftp' is no scheme | such as https://",
                // what could not be sent
                "C.base-url=https://${NOBODY_SETS}/v1 | C.base-url | no property of that name | environment variable",
                "C.default-header.X-Key=${NOBODY_SETS} | C.default-header.X-Key | no property of that name | ${NAME:default}",
                "G.default-header.X-Key=${NOBODY_SETS} & C.enabled=true | G.default-header.X-Key | no property | variable",
                "C.default-header.Content-Length=3 | C.default-header.Content-Length | never sent | Remove it",
                "C.default-header.transfer-encoding=chunked | C.default-header.transfer-encoding | never sent | Remove it",
                "C.default-header.X-Key=\u2028 | C.default-header.X-Key"
                        + " | the value has a character outside of ISO-8859-1, U+2028 at index 0, which cannot | Encode or remove it",
                "C.default-header.X-Key=\ud83d\ude00 | C.default-header.X-Key | outside of ISO-8859-1, U+D83D at index 0 | Encode",
                "C.apiversion.insert.header=X Version | C.apiversion.insert.header | U+0020 at index 1 | such as X-API-Version",
                "C.apiversion.insert.path-segment=-1 | C.apiversion.insert.path-segment | cannot be negative | Write 0",
                "C.ssl.bundle= | C.ssl.bundle | names no bundle | or remove it",
                "C.proxy.url=http://${NOBODY_SETS}:1 | C.proxy.url | no property of that name | environment variable",
                "A.proxy.url=http://${NOBODY_SETS}:1 & C.enabled=true | A.proxy.url | no property of that name | variable"
            })
    void isRefusedWithKeyValueReasonAndRemedy(String properties, String key, String reason, String remedy) {
        String[] pairs = StringUtils.trimArrayElements(full(properties).split("&"));
        Contexts.judging().withPropertyValues(pairs).run(context -> {
            assertThat(context).hasFailed();
            InvalidSettingException failure = Refused.causeOf(context.getStartupFailure());
            assertThat(failure.key()).isEqualTo(full(key));
            assertThat(failure.reason()).contains(full(reason));
            assertThat(failure.remedy()).contains(full(remedy));

            FailureAnalysis analysis = Refused.explain(pairs, failure);
            assertThat(analysis.getDescription())
                    .contains("Configuration property '" + full(key) + "' is '")
                    .contains("(from the property source 'mockProperties')");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://me:secret@example.com | https://***@example.com | not sent, but logged | default-header",
                "https://secret@example.com | https://***@example.com | not sent, but logged | default-header",
                "https://example.com/?key=secret | https://example.com/*** | may be secret | Leave the query out",
                "me:secret@example.com | ***@example.com | does not begin with https:// | Write https:// in front",
                "//me:secret@example.com | ***@example.com | does not begin with https:// | Write https:// in front",
                "https://me:pass/secret@example.com | https://***@example.com | no URL | such as https",
                "https://example.com/secret@/#top | https://***@/*** | never sent | Leave it out",
                "hooks.example.com/services/T0/key=1 | hooks.example.com/services/*** | does not begin | Write https:// in front"
            })
    void aSecretInABaseUrlIsRefusedAndNotTold(String url, String told, String reason, String remedy) {
        String[] pairs = {"evenkeel.clients.my-group.base-url=" + url};
        Contexts.judging().withPropertyValues(pairs).run(context -> {
            InvalidSettingException failure = Refused.causeOf(context.getStartupFailure());
            assertThat(failure.value()).isEqualTo(told);
            assertThat(failure.reason()).contains(reason);
            assertThat(failure.remedy()).contains(remedy);
            assertThat(context.getStartupFailure()).hasMessageNotContaining("secret@");
            assertThat(failure).hasMessageNotContaining("secret@").hasMessageNotContaining("key=");
            FailureAnalysis analysis = Refused.explain(pairs, failure);
            assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("secret@", "key=");
        });
    }

    static Stream<Arguments> headersThatCannotBeSent() {
        return Stream.of(
                Arguments.of(
                        "canary\n",
                        "the value has a line feed, U+000A at index 6, its last character,",
                        "Remove it: files"),
                Arguments.of("canary\r\n", "a carriage return, U+000D at index 6, which", "Remove it: files often end"),
                Arguments.of("a\nX-Evil: canary", "a line feed, U+000A at index 1, which", "Encode or remove it."),
                Arguments.of("\0canary", "a NUL, U+0000 at index 0, which", "Encode or remove it."),
                Arguments.of("a\u007fcanary", "a control character, U+007F at index 1, which", "Encode or remove it."),
                Arguments.of(
                        "\u20accanary", "a character outside of ISO-8859-1, U+20AC at index 0", "Encode or remove"));
    }

    @ParameterizedTest
    @MethodSource("headersThatCannotBeSent")
    void aDefaultHeaderThatCannotBeSentIsRefusedWithTheCharacterAndItsPlace(
            String value, String reason, String remedy) {
        String key = "evenkeel.clients.my-group.default-header.X-Key";
        // Of a list, since Spring Boot trims what it splits.
        String[] pairs = {key + "[0]=" + value};
        Contexts.judging().withInitializer(Environments.properties(pairs)).run(context -> {
            FailureAnalysis analysis = Refused.explain(pairs, Refused.causeOf(context.getStartupFailure()));
            assertThat(analysis.getDescription())
                    .startsWith("Configuration property '%s' is '***'".formatted(key))
                    .contains(", but the value has ")
                    .contains(reason)
                    .doesNotContain("canary");
            assertThat(analysis.getAction()).contains(remedy);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default-header.Authorization=canary\ncanary",
                "default-header.Authorization=canary${NOBODY_SETS}",
                "default-header[X Key]=canary",
                "proxy.password=canary${NOBODY_SETS}"
            })
    void aSecretThatCouldNotBeSentIsRefusedAndNotTold(String property) {
        String[] pairs = {
            "evenkeel.clients.my-group." + property, "evenkeel.clients.my-group.proxy.url=http://localhost:1"
        };
        Contexts.judging().withInitializer(Environments.properties(pairs)).run(context -> {
            InvalidSettingException failure = Refused.causeOf(context.getStartupFailure());
            assertThat(failure.reason()).containsAnyOf("which cannot be sent there", "no property of that name");
            assertThat(failure).hasMessageNotContaining("canary");
            FailureAnalysis analysis = Refused.explain(pairs, failure);
            assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("canary");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // what is written for all is a default, and a client may make it dead
                "A.pool.idle-timeout=5s & C.pool.max-size=0",
                "A.pool.overflow-linger=1s & C.pool.max-overflow=0",
                "A.pool.idle-timeout=30s & C.pool.max-idle-timeout=5s",
                "A.pool.max-idle-timeout=4m & C.pool.max-lifetime=1m",
                "C.enabled=false & C.pool.max-size=-1",
                "C.base-url=http://localhost",
                "C.base-url=HTTPS://example.com:443/v1/",
                "C.base-url=http://[::1]:8080",
                "C.base-url=https://{region}.example.com",
                "C.base-url=http://my_service",
                "C.default-header.Host=other.example.com",
                "C.default-header.X-Empty=",
                "C.apiversion.insert.path-segment=0",
                "C.base-url=",
                "C.read-timeout=0",
                "evenkeel.enabled=false & C.pool.max-size=-1 & C.nonsense=1"
            })
    void isAccepted(String properties) {
        Contexts.plain()
                .withPropertyValues(
                        StringUtils.trimArrayElements(full(properties).split("&")))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "default | the client without a name | below 'evenkeel'",
                "DEFAULT | the client without a name | spring.http.clients",
                "de-fault | the client without a name | another name",
                "evenkeel | a bean of that name | another name",
                "42 | needs a letter | another name",
                "4-2 | needs a letter | another name",
                "[pay.ments] | letters, digits | another name",
                "pay ments | letters, digits | another name"
            })
    void aNameThatWouldDoHarmIsRefused(String name, String reason, String remedy) {
        Contexts.plain()
                .withPropertyValues("evenkeel.clients." + name + ".base-url=http://localhost")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContainingAll(
                                "'evenkeel.clients.<name>' must not be " + name.replaceAll("[\\[\\]]", ""),
                                reason,
                                remedy));
    }

    @Test
    void twoSpellingsOfOneNameAreRefused() {
        Contexts.plain()
                .withInitializer(Environments.yaml("evenkeel.clients.my-group.read-timeout: 2s"))
                .withPropertyValues("evenkeel.clients.myGroup.connect-timeout=3s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContainingAll("my-group", "myGroup", "Spell it in one way"));
    }

    private static String full(String text) {
        return text.replaceAll("\\bC\\.", "evenkeel.clients.my-group.")
                .replaceAll("\\bG\\.", "spring.http.serviceclient.my-group.")
                .replaceAll("\\bA\\.", "evenkeel.");
    }
}

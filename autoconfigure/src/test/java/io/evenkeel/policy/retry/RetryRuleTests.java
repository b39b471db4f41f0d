// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.RetryDenial;
import io.evenkeel.policy.replay.RequestFacts;
import io.evenkeel.policy.retry.FailedAttempt.Cause;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent again, and when. */
class RetryRuleTests {

    private static final RetrySettings SETTINGS = new RetrySettings(
            true,
            3,
            Set.of(429, 503),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ZERO,
            10,
            0.1);

    private final RetryRule longest = new RetryRule(SETTINGS, () -> 1);
    private final RetryHistory history = new RetryHistory();

    private static RequestFacts request(String method, boolean keyed, boolean repeatable) {
        return new RequestFacts(method, keyed, repeatable);
    }

    private RetryDecision decide(FailedAttempt attempt, Duration left) {
        return this.longest.decide(request("GET", false, true), attempt, this.history, left, Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_SENT,  POST,  false, true,  ",
        "NOT_SENT,  PATCH, false, false, NOT_REPEATABLE",
        "BROKEN,    GET,   false, true,  ",
        "BROKEN,    HEAD,  false, true,  ",
        "BROKEN,    PUT,   false, true,  ",
        "BROKEN,    DELETE,false, true,  ",
        "BROKEN,    QUERY, false, true,  ",
        "BROKEN,    PUT,   false, false, NOT_REPEATABLE",
        "BROKEN,    POST,  false, true,  NOT_IDEMPOTENT",
        "BROKEN,    POST,  true,  true,  ",
        "BROKEN,    POST,  true,  false, NOT_REPEATABLE",
        "BROKEN,    get,   false, true,  NOT_IDEMPOTENT",
        "TIMED_OUT, GET,   false, true,  ",
        "TIMED_OUT, POST,  false, true,  NOT_IDEMPOTENT",
        "STATUS,    GET,   false, true,  ",
        "STATUS,    PATCH, false, true,  NOT_IDEMPOTENT",
        "STATUS,    PATCH, true,  true,  "
    })
    void whatMayBeExecutedTwiceOrWasNotSentIsSentAgain(
            Cause cause, String method, boolean keyed, boolean repeatable, RetryDenial denial) {
        RetryDecision decision = this.longest.decide(
                request(method, keyed, repeatable), FailedAttempt.of(cause), this.history, null, Duration.ZERO);

        assertThat(decision.denial()).isEqualTo(denial);
        assertThat(decision.allowed()).isEqualTo(denial == null);
    }

    @Test
    void aCallHasSoManyRetries() {
        for (int i = 0; i < 3; i++) {
            assertThat(decide(FailedAttempt.of(Cause.BROKEN), null).allowed()).isTrue();
            this.history.retries();
        }

        assertThat(decide(FailedAttempt.of(Cause.BROKEN), null).denial()).isEqualTo(RetryDenial.MAX_RETRIES);
    }

    @Test
    void aSecondReadTimeoutIsTheLast() {
        this.history.failed(FailedAttempt.of(Cause.TIMED_OUT), null);
        this.history.retries();

        assertThat(decide(FailedAttempt.of(Cause.TIMED_OUT), null).denial()).isEqualTo(RetryDenial.TIMED_OUT_AGAIN);
        assertThat(decide(FailedAttempt.of(Cause.BROKEN), null).allowed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"503, 0, 100", "503, 1, 200", "503, 2, 400", "429, 0, 1000", "429, 1, 2000", "429, 2, 4000"})
    void thePauseIsBelowABoundThatDoubles(int status, int retries, long bound) {
        for (int i = 0; i < retries; i++) {
            this.history.retries();
        }
        FailedAttempt attempt = new FailedAttempt(Cause.STATUS, status, null);

        assertThat(decide(attempt, null).pause()).hasMillis(bound);
        assertThat(new RetryRule(SETTINGS, () -> 0)
                        .decide(request("GET", false, true), attempt, this.history, null, Duration.ZERO)
                        .pause())
                .isZero();
    }

    @Test
    void theBoundIsNeverLongerThanItsLimitHoweverManyRetriesThereAre() {
        RetryRule rule = new RetryRule(
                new RetrySettings(
                        true,
                        2000,
                        Set.of(),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        Duration.ZERO,
                        1,
                        1),
                () -> 1);
        for (int i = 0; i < 1500; i++) {
            this.history.retries();
        }

        assertThat(rule.decide(
                                request("GET", false, true),
                                FailedAttempt.of(Cause.BROKEN),
                                this.history,
                                null,
                                Duration.ZERO)
                        .pause())
                .hasSeconds(5);
    }

    @Test
    void whatTheServerAsksForIsTheLeast() {
        FailedAttempt attempt = new FailedAttempt(Cause.STATUS, 503, Duration.ofSeconds(3));

        assertThat(decide(attempt, null).pause()).hasMillis(3100);
        assertThat(decide(new FailedAttempt(Cause.STATUS, 503, Duration.ofSeconds(11)), null)
                        .denial())
                .isEqualTo(RetryDenial.RETRY_AFTER);
    }

    @Test
    void anAttemptNeedsTimeToBegin() {
        FailedAttempt attempt = new FailedAttempt(Cause.STATUS, 503, null);

        assertThat(decide(attempt, Duration.ofMillis(150)).allowed()).isTrue();
        assertThat(decide(attempt, Duration.ofMillis(149)).denial()).isEqualTo(RetryDenial.TIME_LEFT);
    }

    @Test
    void noAttemptBeginsWithLessThanConnectingTakes() {
        FailedAttempt attempt = new FailedAttempt(Cause.STATUS, 503, Duration.ZERO);
        RetryRule atOnce = new RetryRule(RetrySettings.DEFAULTS, () -> 0);
        Duration far = Duration.ofMillis(300);

        assertThat(atOnce.decide(request("GET", false, true), attempt, this.history, far, far)
                        .allowed())
                .isTrue();
        assertThat(atOnce.decide(request("GET", false, true), attempt, this.history, far.minusNanos(1), far)
                        .denial())
                .isEqualTo(RetryDenial.TIME_LEFT);
    }
}

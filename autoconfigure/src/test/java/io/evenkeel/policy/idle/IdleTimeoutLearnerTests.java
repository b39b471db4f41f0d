// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import static io.evenkeel.policy.idle.IdleTimeoutLearner.NO_HINT;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.PoolLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One piece of evidence after the other, without a pool. Ages in milliseconds. */
class IdleTimeoutLearnerTests {

    private final IdleTimeoutLearner learner = new IdleTimeoutLearner(PoolLimits.DEFAULTS);
    private long now = Long.MAX_VALUE - nanos(10_000); // The clock may overflow at any time.

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private void pass(long millis) {
        this.now += nanos(millis);
    }

    private long bound() {
        return bound(NO_HINT);
    }

    private long bound(long hint) {
        return Duration.ofNanos(this.learner.bound(hint, this.now)).toMillis();
    }

    private long proven() {
        return Duration.ofNanos(this.learner.provenBound(NO_HINT, this.now)).toMillis();
    }

    private void alive(long millis) {
        pass(2_000);
        this.learner.seenAlive(0, nanos(millis), this.now);
    }

    private void closed(long millis) {
        this.learner.closedByServer(nanos(60), nanos(millis), true, this.now);
    }

    private void closedLater(long millis) {
        pass(5_000);
        closed(millis);
    }

    // --- nothing known ----------------------------------------------------------------------------------------------

    @Test
    void theConfiguredIdleTimeoutHoldsWhileNothingIsKnown() {
        assertThat(bound()).isEqualTo(4_000);
    }

    @Test
    void aRequestThatMustNotBeSentTwiceRidesATenthOfASecondWhileNothingIsKnown() {
        assertThat(proven()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 1000", "30000, 30000", "90000, 60000"})
    void aHintHoldsUpToTheConfiguredMaximum(long hint, long expected) {
        assertThat(bound(nanos(hint))).isEqualTo(expected);
    }

    // --- seen alive -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        // age seen alive, what may be sent twice, what must not
        "100, 4000, 100",
        "300, 4000, 100",
        "500, 4000, 150",
        "1000, 4000, 400",
        "4000, 4000, 1900",
        "5000, 4750, 2375",
        "20000, 19000, 9500",
        "60000, 57000, 28500",
    })
    void whatWasSeenAliveExtendsTheBounds(long age, long expected, long expectedProven) {
        alive(age);

        assertThat(bound()).isEqualTo(expected);
        assertThat(proven()).isEqualTo(expectedProven);
    }

    @Test
    void theBoundOfAHintIsNotExtended() {
        alive(30_000);

        assertThat(bound(nanos(4_000))).isEqualTo(4_000);
    }

    // --- seen closed ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"120, 20", "500, 400", "1000, 900", "2000, 1900", "5000, 4750", "20000, 19000", "59000, 56050"})
    void theFirstCloseIsBelieved(long age, long expected) {
        closed(age);

        assertThat(bound()).isEqualTo(expected);
    }

    @Test
    void aCloseOutweighsTheHint() {
        closed(2_000);

        assertThat(bound(nanos(18_000))).isEqualTo(1_900);
    }

    @Test
    void theShortestOfSeveralClosesCounts() {
        closed(1_900);
        closedLater(1_100);
        closedLater(1_700);

        assertThat(bound()).isEqualTo(1_000);
    }

    @Test
    void careStopsAtHalfOfTheAgeThatWasSeenAliveOnAServerThatClosesAnywhereUpToTwiceItsTimeout() {
        alive(1_950);
        closed(1_950);

        assertThat(bound()).isEqualTo(1_850);
        assertThat(proven()).isEqualTo(875);
    }

    @Test
    void nothingIsKeptForAServerThatClosesWithinTheMargin() {
        closed(90);

        assertThat(bound()).isZero();
        assertThat(proven()).isZero();
    }

    // --- what is no timeout -----------------------------------------------------------------------------------------

    @Test
    void aRestartDoesNotChangeTheBound() {
        alive(20_000);
        closed(20_000);
        closedLater(20_100);

        closedLater(700);

        assertThat(bound()).isEqualTo(19_000);
    }

    @Test
    void aRestartKeepsCarefulRequestsFromTheAgeAtWhichItHappened() {
        alive(20_000);

        closed(700);

        assertThat(proven()).isEqualTo(600);
    }

    @Test
    void aRestartThatEndsManyConnectionsIsOneEvent() {
        alive(20_000);

        for (long age = 500; age < 9_000; age += 100) {
            closed(age);
            pass(10);
        }

        assertThat(bound()).isEqualTo(19_000);
        assertThat(proven()).isEqualTo(400);
    }

    @Test
    void theSuspicionOfARestartIsGivenUpWhenConnectionsLiveToTwiceItsAgeForMinutes() {
        alive(20_000);
        closed(700);

        for (int i = 0; i < 3; i++) {
            alive(1_400);
        }

        assertThat(proven()).isEqualTo(600);
        pass(8 * 60_000);
        assertThat(proven()).isEqualTo(9_500);
    }

    @Test
    void careRemembersTheShortestOfTheLastClosesWhateverOtherConnectionsLivedThrough() {
        closed(5_000);
        for (int i = 0; i < 20; i++) {
            alive(60_000);
        }

        assertThat(proven()).isEqualTo(4_750);
    }

    @Test
    void theSameConnectionRefutesOnlyOnce() {
        alive(20_000);
        closed(700);

        for (long age = 1_400; age < 20_000; age += 250) {
            pass(250);
            this.learner.seenAlive(nanos(age - 250), nanos(age), this.now);
        }

        assertThat(proven()).isEqualTo(600);
    }

    @Test
    void aSecondCloseOfTheKindIsNoAccident() {
        alive(20_000);

        closed(5_000);
        closedLater(5_100);

        assertThat(bound()).isEqualTo(4_750);
        assertThat(proven()).isEqualTo(2_375);
    }

    @Test
    void aSecondCloseOfAnotherKindIsASecondAccident() {
        alive(60_000);

        closed(700);
        closedLater(9_000);

        assertThat(bound()).isEqualTo(57_000);
    }

    @Test
    void aServerWithALongerTimeoutIsFoundOut() {
        closed(1_000);
        closedLater(1_000);
        closedLater(1_000);

        for (int i = 0; i < 3; i++) {
            alive(2_100);
        }

        assertThat(bound()).isEqualTo(4_000);
        assertThat(this.learner.isCurious(this.now)).isTrue();
    }

    @Test
    void aSurvivorNowAndThenDoesNotRefuteWhatIsSeenAgainAndAgain() {
        closed(5_000);
        for (int i = 0; i < 20; i++) {
            alive(10_000);
            alive(10_000);
            closedLater(5_000);
        }

        assertThat(bound()).isEqualTo(4_750);
        assertThat(proven()).isEqualTo(4_750);
    }

    @Test
    void theNumberOfRequestsOfAConnectionIsNoTimeout() {
        for (int i = 0; i < 100; i++) {
            pass(1_000);
            this.learner.closedByServer(0, nanos(1), true, this.now);
        }

        assertThat(bound()).isEqualTo(4_000);
    }

    @Test
    void aCloseThatMayHaveHappenedAtOnceIsASuspicionOnly() {
        alive(60_000);
        for (int i = 0; i < 10; i++) {
            pass(5_000);
            this.learner.closedByServer(0, nanos(240), true, this.now);
        }

        assertThat(bound()).isEqualTo(57_000);
        assertThat(proven()).isEqualTo(140);
    }

    @Test
    void anAccidentIsForgottenWhenEightConnectionsInARowWereClosedSomewhatLater() {
        alive(20_000);
        closed(16_000);
        assertThat(bound()).isEqualTo(15_200);

        for (int i = 0; i < 8; i++) {
            closedLater(20_000);
        }

        assertThat(bound()).isEqualTo(19_000);
    }

    @Test
    void aServerThatClosesAfterEachAnswerGetsNoConnectionKeptForAMinute() {
        closeAtOnce(2);
        assertThat(bound()).isEqualTo(4_000);

        closeAtOnce(1);

        assertThat(bound()).isZero();
        pass(59_999);
        assertThat(bound()).isZero();
        pass(1);
        assertThat(bound()).isEqualTo(4_000);
    }

    @Test
    void theRestGrowsToTenMinutesAndEndsWithTheFirstReuse() {
        for (int minutes : new int[] {1, 2, 4, 8, 10, 10}) {
            closeAtOnce(3);
            pass(minutes * 60_000L - 1);
            assertThat(bound()).isZero();
            pass(1);
            assertThat(bound()).isEqualTo(4_000);
        }
        closeAtOnce(3);

        this.learner.reused();

        assertThat(bound()).isEqualTo(4_000);
    }

    private void closeAtOnce(int times) {
        for (int i = 0; i < times; i++) {
            this.learner.closedByServer(0, nanos(2), false, this.now);
        }
    }

    // --- margin -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        // fastest exchange, bound for a server that closes after a second
        "0, 900",
        "10, 900",
        "20, 900",
        "50, 875",
        "100, 800",
        "400, 350",
        "5000, 0",
    })
    void theMarginGrowsWithTheRoundTrip(long exchange, long expected) {
        this.learner.exchanged(nanos(exchange), this.now);
        this.learner.exchanged(nanos(exchange + 1_000), this.now);
        closed(2_000);
        closed(1_000);

        assertThat(bound()).isEqualTo(expected);
    }

    @Test
    void connectingCountsWhileThereIsNoAnswer() {
        this.learner.connected(nanos(100), this.now);
        closed(1_000);

        assertThat(bound()).isEqualTo(800);
    }

    @Test
    void theMarginGrowsWhenConnectingVaries() {
        this.learner.exchanged(nanos(1), this.now);
        for (int i = 0; i < 50; i++) {
            this.learner.connected(nanos((i % 2 == 0) ? 10 : 110), this.now);
        }
        closed(2_000);

        assertThat(bound()).isBetween(1_600L, 1_850L);
    }

    @Test
    void aRoundTripThatGrewIsNoticedWithinTenMinutes() {
        this.learner.exchanged(nanos(1), this.now);
        closed(2_000);
        for (int i = 0; i < 11; i++) {
            pass(60_000);
            this.learner.exchanged(nanos(100), this.now);
        }

        assertThat(bound()).isEqualTo(1_800);
    }

    // --- curiosity --------------------------------------------------------------------------------------------------

    @Test
    void aCanaryIsOfUseUntilOneHasLivedToTheMaximum() {
        assertThat(this.learner.isCurious(this.now)).isTrue();
        alive(59_999);
        assertThat(this.learner.isCurious(this.now)).isTrue();
        alive(60_000);
        assertThat(this.learner.isCurious(this.now)).isFalse();
    }

    @Test
    void aCanaryIsOfUseUntilTheTimeoutIsConfirmedAndFiveMinutesLaterAgain() {
        closed(1_000);
        assertThat(this.learner.isCurious(this.now)).isTrue();
        closedLater(1_000);
        assertThat(this.learner.isCurious(this.now)).isTrue();
        closedLater(1_000);
        assertThat(this.learner.isCurious(this.now)).isFalse();
        pass(299_999);
        assertThat(this.learner.isCurious(this.now)).isFalse();
        pass(1);
        assertThat(this.learner.isCurious(this.now)).isTrue();
    }

    @Test
    void aCanaryIsOfUseWhileSomethingIsSuspected() {
        alive(60_000);
        closed(1_000);

        assertThat(this.learner.isCurious(this.now)).isTrue();
    }

    // --- off --------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {-1, 2_000})
    void withoutLearningTheBoundsAreThoseOfTheConfigurationAndTheHint(long hint) {
        PoolLimits d = PoolLimits.DEFAULTS;
        IdleTimeoutLearner off = new IdleTimeoutLearner(new PoolLimits(
                d.maxSize(),
                d.maxOverflow(),
                d.overflowLinger(),
                d.maxIdle(),
                d.acquireTimeout(),
                d.idleTimeout(),
                d.maxIdleTimeout(),
                false,
                d.maxLifetime()));
        long given = (hint < 0) ? NO_HINT : nanos(hint);
        off.seenAlive(0, nanos(20_000), this.now);
        off.closedByServer(nanos(400), nanos(500), true, this.now);
        off.closedByServer(nanos(400), nanos(500), true, this.now);

        long expected = (hint < 0) ? nanos(4_000) : nanos(hint);
        assertThat(off.bound(given, this.now)).isEqualTo(expected);
        assertThat(off.provenBound(given, this.now)).isEqualTo(expected);
        assertThat(off.isCurious(this.now)).isFalse();
    }
}

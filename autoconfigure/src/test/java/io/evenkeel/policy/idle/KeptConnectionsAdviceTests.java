// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.idle.KeptConnectionsAdvice.Advice;
import io.evenkeel.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeptConnectionsAdviceTests {

    private static final Duration USABLE = Duration.ofSeconds(4);

    private VirtualTime time = new VirtualTime();

    private KeptConnectionsAdvice advice = new KeptConnectionsAdvice(1, this.time.nanoTime());

    private final List<Advice> said = new ArrayList<>();

    @Test
    void nothingIsRecommendedBeforeTheFirstRequest() {
        assertThat(recommended()).isEmpty();
    }

    @Test
    void oneRequestAfterTheOtherNeedsNoMoreThanIsKept() {
        for (int i = 0; i < 1000; i++) {
            burst(1);
        }

        assertThat(recommended()).hasValue(1);
        assertThat(hour().missed()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 5, 5", "3, 5, 5", "5, 5, 5", "8, 5, 8", "0, 5, 5"})
    void burstsOfFiveNeedFiveOrWhatIsKeptAnyway(int maxSize, int requests, int enough) {
        keep(maxSize);
        for (int i = 0; i < 200; i++) {
            burst(requests);
        }

        assertThat(recommended()).hasValue(enough);
    }

    @Test
    void fiveInUseAllTheTimeNeedOnlyWhatComesBackInBetween() {
        acquire(5);
        for (int i = 0; i < 500; i++) {
            release(1);
            acquire(1);
        }
        assertThat(recommended()).hasValue(1);

        for (int i = 0; i < 500; i++) {
            release(3);
            acquire(3);
        }
        assertThat(recommended()).hasValue(3);
    }

    @Test
    void theFirstOfAConcurrencyIsNoMissAsNoPoolCouldHaveHadItsConnection() {
        acquire(50);

        assertThat(recommended()).hasValue(1);
        assertThat(hour().missed()).isZero();
    }

    @Test
    void aBurstOnceAnHourIsNoReasonToKeepMore() {
        for (int i = 0; i < 24; i++) {
            burst(60);
            assertThat(recommended()).hasValue(1);
            pass(Duration.ofHours(1));
        }

        assertThat(this.said).isEmpty();
    }

    @Test
    void keepingMoreDoesNotHelpIfTheConnectionsExpireInBetween() {
        for (int i = 0; i < 300; i++) {
            burst(5);
            pass(USABLE);
        }
        assertThat(recommended()).hasValue(1);

        for (int i = 0; i < 300; i++) {
            burst(5);
            pass(USABLE.minusMillis(1));
        }
        assertThat(recommended()).hasValue(5);
    }

    @Test
    void aFewExceptionalMissesAreNotRecommendedFor() {
        for (int i = 0; i < 1000; i++) {
            burst(2);
        }
        burst(40);
        burst(40);

        assertThat(recommended()).as("39 of 1,039 misses need more").hasValue(2);
    }

    @Test
    void theRecommendationGrowsAtOnceAndFallsAfterAnHour() {
        burstsFor(Duration.ofMinutes(10), 2);
        assertThat(recommended()).hasValue(2);

        burstsFor(Duration.ofMinutes(30), 12);
        assertThat(recommended()).hasValue(12);

        burstsFor(Duration.ofMinutes(60), 3);
        assertThat(recommended()).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 31, 59, 60, 61, 180})
    void whatIsNotUsedForAnHourIsForgotten(int minutes) {
        burst(5);
        burst(5);
        pass(Duration.ofMinutes(minutes));

        assertThat(recommended()).isEqualTo((minutes < 60) ? OptionalInt.of(5) : OptionalInt.empty());
    }

    @Test
    void theAdviceIsSaidOnceAnHour() {
        for (int halfHours = 0; halfHours < 10; halfHours++) {
            burstsFor(Duration.ofMinutes(30), 4);
        }
        pass(Duration.ofMinutes(1));
        burst(1);

        assertThat(this.said).hasSize(5).allSatisfy(each -> {
            assertThat(each.maxSize()).isEqualTo(1);
            assertThat(each.recommended()).isEqualTo(4);
            assertThat(each.acquired()).isBetween(14_000L, 14_400L);
            assertThat(each.missed()).isBetween(10_500L, 10_800L);
        });
    }

    @Test
    void theAdviceIsSaidAlsoIfTheHourEndsWithARelease() {
        burstsFor(Duration.ofMinutes(59), 4);
        acquire(1);
        pass(Duration.ofMinutes(2));
        release(1);
        assertThat(this.said).isEmpty();

        acquire(1);

        assertThat(this.said).hasSize(1);
    }

    @Test
    void theAdviceIsSaidLateIfThereIsAPause() {
        burstsFor(Duration.ofMinutes(5), 4);
        pass(Duration.ofHours(7));
        burst(1);

        assertThat(this.said)
                .singleElement()
                .satisfies(each -> assertThat(each.recommended()).isEqualTo(4));
    }

    @ParameterizedTest
    @CsvSource({"99, 0, false", "100, 0, true", "100, 698, true", "100, 699, false"})
    void theAdviceIsSaidForAHundredMissesThatAreMoreThanATenthOnly(int misses, int others, boolean isSaid) {
        burst(2);
        for (int i = 0; i < misses; i++) {
            burst(2);
        }
        for (int i = 0; i < 99 + others; i++) {
            burst(1);
        }
        pass(Duration.ofHours(2));
        burst(1);

        assertThat(this.said).hasSize(isSaid ? 1 : 0);
    }

    @Test
    void nobodyIsAdvisedToKeepMoreThanTheMost() {
        for (int i = 0; i < 100; i++) {
            burst(1000);
        }

        assertThat(recommended().orElseThrow()).isBetween(KeptConnectionsAdvice.MOST - 10, KeptConnectionsAdvice.MOST);
        keep(500);
        for (int i = 0; i < 100; i++) {
            burst(1000);
        }
        assertThat(recommended()).hasValue(500);
    }

    @Test
    void timeMayOverflow() {
        this.time = VirtualTime.wrappingAfter(Duration.ofMinutes(45));
        keep(1);
        for (int halfHours = 0; halfHours < 5; halfHours++) {
            burstsFor(Duration.ofMinutes(30), 4);
        }

        assertThat(recommended()).hasValue(4);
        assertThat(this.said).hasSize(2);
    }

    /** The row of places is the claim; these are the pools that it stands for. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itCountsWhatPoolsOfEverySizeWouldHaveMissed(long seed) {
        int sizes = 20;
        Random random = new Random(seed);
        List<Deque<Long>> pools = new ArrayList<>();
        for (int size = 1; size <= sizes; size++) {
            pools.add(new ArrayDeque<>());
        }
        int[] hits = new int[sizes];
        int inUse = 0;
        for (int step = 0; step < 4000; step++) {
            pass(Duration.ofMillis(random.nextInt(random.nextInt(20) == 0 ? 5000 : 50)));
            long now = this.time.nanoTime();
            if (inUse == 0 || (inUse < sizes && random.nextBoolean())) {
                inUse++;
                acquire(1);
                for (int i = 0; i < sizes; i++) {
                    Long until = pools.get(i).pollFirst();
                    if (until != null && until - now > 0) {
                        hits[i]++;
                    } else {
                        pools.get(i).clear();
                    }
                }
            } else {
                inUse--;
                release(1);
                for (int i = 0; i < sizes; i++) {
                    pools.get(i).addFirst(now + USABLE.toNanos());
                    if (pools.get(i).size() > i + 1) {
                        pools.get(i).removeLast();
                    }
                }
            }
        }

        int most = hits[sizes - 1];
        int missed = most - hits[0];
        int enough = 1;
        while ((hits[enough - 1] - hits[0]) * 100 < missed * KeptConnectionsAdvice.PERCENT) {
            enough++;
        }
        assertThat(missed).isPositive();
        assertThat(hour().missed()).isEqualTo(missed);
        assertThat(recommended()).hasValue(enough);
    }

    private void keep(int maxSize) {
        this.advice = new KeptConnectionsAdvice(maxSize, this.time.nanoTime());
    }

    /** So many requests at once, which all end before the next. */
    private void burst(int requests) {
        acquire(requests);
        release(requests);
    }

    private void burstsFor(Duration duration, int requests) {
        for (long second = 0; second < duration.toSeconds(); second++) {
            burst(requests);
            pass(Duration.ofSeconds(1));
        }
    }

    private void acquire(int requests) {
        for (int i = 0; i < requests; i++) {
            Advice due = this.advice.acquired(this.time.nanoTime());
            if (due != null) {
                this.said.add(due);
            }
        }
    }

    private void release(int requests) {
        for (int i = 0; i < requests; i++) {
            long now = this.time.nanoTime();
            this.advice.released(now, now + USABLE.toNanos());
        }
    }

    private void pass(Duration duration) {
        this.time.advance(duration);
    }

    private OptionalInt recommended() {
        return this.advice.recommended(this.time.nanoTime());
    }

    private Advice hour() {
        return this.advice.hour(this.time.nanoTime());
    }
}

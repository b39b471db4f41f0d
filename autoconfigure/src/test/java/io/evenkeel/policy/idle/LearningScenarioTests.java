// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import static io.evenkeel.policy.idle.SimulatedRoute.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole histories of a route, with servers of every kind. */
class LearningScenarioTests {

    private static SimulatedRoute.Server exact(long timeout) {
        return (random, now) -> nanos(timeout);
    }

    private static SimulatedRoute.Server polling(long timeout) {
        return (random, now) -> nanos(timeout) + (long) (nanos(timeout) * random.nextDouble());
    }

    private static SimulatedRoute.Server anywhere(long most) {
        return (random, now) -> (long) (nanos(most) * random.nextDouble());
    }

    private static Stream<Arguments> serversThatKeepToTheirTimeout() {
        return Stream.of(300L, 500L, 1_000L, 1_500L, 2_000L, 5_000L, 20_000L, 75_000L)
                .flatMap(timeout -> Stream.of(0L, 1L, 20L, 50L)
                        .flatMap(roundTrip -> Stream.of(
                                Arguments.of("exact", timeout, roundTrip, exact(timeout)),
                                Arguments.of("polling", timeout, roundTrip, polling(timeout)))));
    }

    @ParameterizedTest(name = "{0} {1} ms, round trip {2} ms")
    @MethodSource("serversThatKeepToTheirTimeout")
    void noCarefulRequestIsEverLostOnAServerThatKeepsToItsTimeout(
            String kind, long timeout, long roundTrip, SimulatedRoute.Server server) {
        Random gaps = new Random(timeout + roundTrip);
        for (int seed = 0; seed < 40; seed++) {
            SimulatedRoute route = new SimulatedRoute(seed, nanos(roundTrip), server);
            for (int i = 0; i < 500; i++) {
                boolean careful = gaps.nextInt(3) > 0;
                route.request(gap(gaps, nanos(timeout), nanos(roundTrip)), careful);
            }
            assertThat(route.lost).isZero();
            assertThat(route.replayed).isLessThan(60);
        }
    }

    /** A third of them close to the moment at which the server closes, the others anywhere. */
    private static long gap(Random random, long timeout, long roundTrip) {
        return switch (random.nextInt(3)) {
            case 0 -> Math.max(0, timeout - 2 * roundTrip - nanos(60) + (long) (random.nextDouble() * nanos(120)));
            case 1 -> (long) (random.nextDouble() * 2.1 * timeout);
            default -> (long) (random.nextDouble() * nanos(150));
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {500, 1_000, 2_000, 5_000, 20_000})
    void whatMayBeSentTwiceSoonRidesAlmostAsLongAsTheServerAllows(long timeout) {
        SimulatedRoute route = new SimulatedRoute(1, nanos(1), exact(timeout));
        Random gaps = new Random(1);
        for (int i = 0; i < 300; i++) {
            route.request((long) (gaps.nextDouble() * 2 * nanos(timeout)), false);
        }

        assertThat(route.bound()).isBetween((long) (timeout * 0.75), timeout - 1);
        assertThat(route.replayed).isLessThan(3);
    }

    @Test
    void learningGoesUpWithoutARequestAtRisk() {
        SimulatedRoute route = new SimulatedRoute(1, nanos(20), exact(30_000));

        for (int i = 0; i < 300; i++) {
            route.request(nanos(6_000), true);
        }

        assertThat(route.bound()).isGreaterThan(27_000);
        assertThat(route.opened).isLessThan(20);
        assertThat(route.lost).isZero();
    }

    @Test
    void restartsTeachNothing() {
        SimulatedRoute route = new SimulatedRoute(1, nanos(20), exact(20_000));
        Random random = new Random(1);
        settle(route, random);
        long before = route.bound();

        for (int restart = 0; restart < 50; restart++) {
            for (int i = 0; i < 40; i++) {
                route.request((long) (random.nextDouble() * nanos(25_000)), random.nextBoolean());
            }
            route.restart();
        }

        assertThat(before).isBetween(18_000L, 19_900L);
        assertThat(route.bound()).isBetween(18_000L, 19_900L);
    }

    @Test
    void numbersOfRequestsTeachNothing() {
        SimulatedRoute route = new SimulatedRoute(1, nanos(20), exact(20_000));
        Random random = new Random(1);
        settle(route, random);
        int[] count = {0};
        route.server((r, now) -> (++count[0] % 5 == 0) ? 0 : nanos(20_000));

        for (int i = 0; i < 2_000; i++) {
            route.request((long) (random.nextDouble() * nanos(3_000)), random.nextBoolean());
        }

        assertThat(route.bound()).isBetween(18_000L, 19_900L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void itRecoversWithinTenMinutesAfterRandomCloses(int seed) {
        SimulatedRoute route = new SimulatedRoute(seed, nanos(20), anywhere(60_000));
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            route.request((long) (random.nextDouble() * nanos(5_000)), random.nextBoolean());
        }

        route.server(exact(20_000));
        for (long passed = 0; passed < nanos(600_000); ) {
            long gap = (long) (random.nextDouble() * nanos(5_000));
            passed += gap;
            route.request(gap, random.nextBoolean());
        }

        int opened = route.opened;
        for (int i = 0; i < 200; i++) {
            route.request((long) (random.nextDouble() * nanos(5_000)), random.nextBoolean());
        }
        assertThat(route.bound()).isGreaterThan(4_000);
        assertThat(route.opened - opened).isLessThan(10);
    }

    @Test
    void aServerThatIsReplacedByOneWithAShorterTimeoutIsLearnedAnew() {
        SimulatedRoute route = new SimulatedRoute(1, nanos(20), exact(60_000));
        Random random = new Random(1);
        settle(route, random);

        route.server(exact(5_000));
        for (int i = 0; i < 100; i++) {
            route.request((long) (random.nextDouble() * nanos(15_000)), false);
        }

        assertThat(route.bound()).isBetween(4_000L, 4_980L);
    }

    private static void settle(SimulatedRoute route, Random random) {
        for (int i = 0; i < 300; i++) {
            route.request((long) (random.nextDouble() * nanos(90_000)), random.nextBoolean());
        }
    }
}

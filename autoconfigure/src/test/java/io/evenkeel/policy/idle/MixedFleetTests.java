// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.idle;

import static io.evenkeel.policy.idle.SimulatedRoute.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One name, several servers behind it, each of which keeps to an idle timeout of its own. Nobody can know of the shorter one
 * before it was seen; from then on it has to be remembered.
 */
class MixedFleetTests {

    @ParameterizedTest
    @CsvSource({"2000, 60000, 50", "1000, 5000, 50", "2000, 20000, 80"})
    void noCarefulRequestIsLostOnceTheShorterTimeoutWasSeen(long shorter, long longer, int percentShorter) {
        int lost = 0;
        int first = 0;
        for (int seed = 0; seed < 40; seed++) {
            Random gaps = new Random(seed);
            SimulatedRoute route = new SimulatedRoute(
                    seed, nanos(20), (random, now) -> nanos(random.nextInt(100) < percentShorter ? shorter : longer));
            for (int i = 0; i < 1000; i++) {
                int before = route.lost;
                long gap = (gaps.nextInt(2) == 0)
                        ? nanos(shorter) - nanos(60) + (long) (gaps.nextDouble() * nanos(120))
                        : (long) (gaps.nextDouble() * 2.1 * nanos(longer));
                route.request(gap, gaps.nextInt(3) > 0);
                if (before == 0 && route.lost > 0) {
                    first++;
                }
            }
            lost += route.lost;
        }
        assertThat(lost - first).isZero();
    }
}

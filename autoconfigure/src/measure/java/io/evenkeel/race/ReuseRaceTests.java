// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.LeakCheck;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Calls at the moment when the server closes: a small part of what {@link RaceRun} runs, and the stock client, to show
 * that this harness finds what there is to find.
 */
class ReuseRaceTests {

    private static final List<Race> STOCK = List.of(
            Race.of(ServerKind.JETTY, false, 20).stock().load(12, 6),
            Race.of(ServerKind.NETTY, true, 50).stock().load(12, 6));

    private static final List<Race> ERRATIC = List.of(
            Race.of(ServerKind.RANDOM_CLOSES, false, 1).shared().maxSize(20).load(12, 6),
            Race.of(ServerKind.RANDOM_CLOSES, true, 20).load(12, 6),
            Race.of(ServerKind.RESTARTS, false, 20).load(12, 6),
            Race.of(ServerKind.RESTARTS, true, 1).shared().maxSize(20).load(12, 6));

    /** They are run together, as they pause for most of their time; nothing runs beside those that may not fail. */
    private static List<RaceResult> stockAndErratic = List.of();

    private static QuietLogs quiet;

    private static StallWatch stalls;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @BeforeAll
    static void begin() {
        quiet = new QuietLogs();
        stalls = new StallWatch();
    }

    @AfterAll
    static void end() {
        stalls.close();
        quiet.close();
    }

    @Test
    void noCallFailsOrIsExecutedTwiceWhenServersClose() {
        List<RaceResult> results = run(RaceSets.few());

        assertThat(results).allSatisfy(result -> {
            assertThat(result.failures()).as(result.race().toString()).isEmpty();
            assertThat(result.postsTwice()).isZero();
            assertThat(result.keyedTwice()).isZero();
        });
        // A race in which the machine stalled was repeated.
        assertThat(RaceResult.last(results))
                .allSatisfy(result -> assertThat(result.stalled()).isZero());
        // It can only be seen with connections that are used again.
        assertThat(results)
                .anySatisfy(result -> assertThat(result.total().opened()).isLessThan(result.calls() * 7 / 10));
    }

    @Test
    void theStockClientFailsInTheSameRaces() {
        assertThat(resultsOf(STOCK))
                .hasSizeGreaterThanOrEqualTo(STOCK.size())
                .allSatisfy(result -> assertThat(result.failed(Method.POST)).isPositive());
    }

    @Test
    void noPostIsExecutedTwiceWhenServersRestartOrCloseAtRandom() {
        assertThat(resultsOf(ERRATIC))
                .hasSizeGreaterThanOrEqualTo(ERRATIC.size())
                .allSatisfy(result -> assertThat(result.postsTwice()).isZero());
    }

    private static List<RaceResult> resultsOf(List<Race> races) {
        if (stockAndErratic.isEmpty()) {
            stockAndErratic =
                    run(Stream.concat(STOCK.stream(), ERRATIC.stream()).toList());
        }
        return stockAndErratic.stream()
                .filter(result -> races.contains(result.race()))
                .toList();
    }

    private static List<RaceResult> run(List<Race> races) {
        List<RaceResult> results = new RaceRunner(races.size(), stalls).run(races);
        System.out.println(new Report(results).table());
        return results;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OracleTests {

    // 1200 ms, of which a request is under way for 20.
    private static final Race RACE = Race.of(ServerKind.NETTY, false, 20);

    @Test
    void reusesUntilTheServerMayHaveClosedBeforeTheRequestArrives() {
        List<Call> calls = List.of(call("first", 0, 30), call("in time", 1209, 1230), call("too late", 2410, 2430));

        assertThat(new Oracle(RACE).opens(calls)).containsExactlyInAnyOrder("first", "too late");
    }

    @Test
    void opensAConnectionForEachOfABurstAndKeepsAsManyAsTheClient() {
        Call[] bursts = {
            call("a", 0, 30),
            call("b", 0, 31),
            call("soon a", 100, 130),
            call("soon b", 100, 131),
            call("late a", 1000, 1030),
            call("late b", 1000, 1031)
        };

        assertThat(new Oracle(RACE).opens(Arrays.asList(bursts))).containsExactlyInAnyOrder("a", "b", "late b");
        assertThat(new Oracle(RACE.maxSize(2)).opens(Arrays.asList(bursts))).containsExactlyInAnyOrder("a", "b");
    }

    private static Call call(String id, long beginMillis, long endMillis) {
        return new Call(
                id,
                0,
                Method.POST,
                Gap.Kind.EDGE,
                Duration.ofMillis(beginMillis).toNanos(),
                Duration.ofMillis(endMillis).toNanos(),
                null);
    }
}

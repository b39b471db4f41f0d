// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTests {

    private final Ledger ledger = new Ledger();

    @Test
    void tellsWhatWasExecutedTwice() {
        this.ledger.executed("twice", "connection 1");
        this.ledger.executed("once", "connection 1");
        this.ledger.executed("twice", "connection 2");

        assertThat(this.ledger.executions(call("twice"))).isEqualTo(2);
        assertThat(this.ledger.executions(call("once"))).isOne();
        assertThat(this.ledger.executions(call("never"))).isZero();
        assertThat(result().postsTwice()).isOne();
    }

    @Test
    void tellsWhichCallsOpenedAConnection() {
        this.ledger.executed("first", "connection 1");
        this.ledger.executed("second", "connection 1");

        assertThat(this.ledger.openedFor(call("first"))).isTrue();
        assertThat(this.ledger.openedFor(call("second"))).isFalse();
        assertThat(this.ledger.connections()).isOne();
    }

    private RaceResult result() {
        try (StallWatch stalls = new StallWatch()) {
            return RaceResult.of(
                    Race.of(ServerKind.NETTY, false, 0),
                    1,
                    List.of(call("twice"), call("once"), call("never")),
                    this.ledger,
                    stalls,
                    0,
                    Map.of());
        }
    }

    private static Call call(String id) {
        return new Call(id, 0, Method.POST, Gap.Kind.EDGE, 0, 1, null);
    }
}

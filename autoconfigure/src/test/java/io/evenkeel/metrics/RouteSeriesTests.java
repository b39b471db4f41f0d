// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class RouteSeriesTests {

    private final MeteredPools pools = new MeteredPools();

    private final PoolStates states = new PoolStates(this.pools, (client, route) -> route, this.pools);

    private final ReentrantLock lock = new ReentrantLock();

    private final RouteSeries series = new RouteSeries(
            new ClientMeters("payments", this.states, this.lock),
            "https://api.example.com",
            false,
            this.states,
            this.lock,
            0);

    @Test
    void whatIsRetiredIsNotUsedAgain() {
        assertThat(this.series.retireIfUnusedSince(1)).isTrue();

        assertThat(this.series.use(2)).isFalse();
    }

    @Test
    void whatWasUsedInTimeIsNotRetired() {
        assertThat(this.series.use(5)).isTrue();

        assertThat(this.series.retireIfUnusedSince(5)).isFalse();
        assertThat(this.series.use(5)).isTrue();
    }

    @Test
    void aLateWriterDoesNotMakeTheSeriesOlder() {
        this.series.use(5);
        this.series.use(3);

        assertThat(this.series.retireIfUnusedSince(5)).isFalse();
    }
}

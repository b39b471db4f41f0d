// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class VirtualTimeTests {

    @Test
    void standsStillUntilItIsAdvanced() {
        VirtualTime time = new VirtualTime();
        long start = time.nanoTime();

        assertThat(time.nanoTime()).isEqualTo(start).isNotZero();
        time.advance(Duration.ofMillis(3));
        assertThat(time.nanoTime() - start).isEqualTo(3_000_000);
    }

    @Test
    void startsWhereItIsTold() {
        assertThat(VirtualTime.startingAt(42).nanoTime()).isEqualTo(42);
    }

    @Test
    void overflowsAsTheRealOneMay() {
        VirtualTime time = VirtualTime.wrappingAfter(Duration.ofSeconds(1));
        long start = time.nanoTime();

        time.advance(Duration.ofSeconds(2));

        assertThat(time.nanoTime()).isNegative();
        assertThat(time.nanoTime() - start).isEqualTo(2_000_000_000);
    }

    @Test
    void doesNotGoBack() {
        assertThatIllegalArgumentException().isThrownBy(() -> new VirtualTime().advance(Duration.ofNanos(-1)));
    }
}

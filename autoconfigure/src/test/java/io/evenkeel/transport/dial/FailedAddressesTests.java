// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.VirtualTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailedAddressesTests {

    private static final InetSocketAddress ONE = address(1);
    private static final InetSocketAddress TWO = address(2);

    private final VirtualTime time = new VirtualTime();
    private final FailedAddresses memory = new FailedAddresses(this.time);

    @Test
    void whatFailedIsTriedLastForHalfAMinute() {
        this.memory.failed(ONE);

        this.time.advance(FailedAddresses.KEPT.minusMillis(1));
        assertThat(this.memory.order(List.of(ONE, TWO))).containsExactly(TWO, ONE);

        this.time.advance(Duration.ofMillis(1));
        assertThat(this.memory.order(List.of(ONE, TWO))).containsExactly(ONE, TWO);
        assertThat(this.memory.size()).isZero();
    }

    @Test
    void eachFailureBeginsTheTimeAnew() {
        this.memory.failed(ONE);
        this.time.advance(Duration.ofSeconds(20));
        this.memory.failed(ONE);
        this.time.advance(Duration.ofSeconds(20));

        assertThat(this.memory.order(List.of(ONE, TWO))).containsExactly(TWO, ONE);
    }

    @Test
    void whatAnsweredIsForgottenAtOnce() {
        this.memory.failed(ONE);
        this.memory.answered(ONE);

        assertThat(this.memory.order(List.of(ONE, TWO))).containsExactly(ONE, TWO);
    }

    @Test
    void oneThousandAreRememberedTheLatestOnes() {
        for (int i = 0; i < 100_000; i++) {
            this.memory.failed(address(i));
        }

        assertThat(this.memory.size()).isEqualTo(1000);
        assertThat(this.memory.order(List.of(address(99_000), address(98_999))))
                .containsExactly(address(98_999), address(99_000));
    }

    @Test
    void theSameAddressWithAnotherPortIsAnotherOne() {
        this.memory.failed(new InetSocketAddress(ONE.getAddress(), 80));

        assertThat(this.memory.order(List.of(ONE, TWO))).containsExactly(ONE, TWO);
    }

    private static InetSocketAddress address(int i) {
        try {
            byte[] bytes = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
            return new InetSocketAddress(InetAddress.getByAddress(bytes), 443);
        } catch (UnknownHostException ex) {
            throw new IllegalArgumentException(ex);
        }
    }
}

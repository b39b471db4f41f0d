// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PayloadTests {

    private final byte[] payload = Payload.of("7-1", 5_000);

    @Test
    void isWholeAsItWasMade() {
        assertThat(Payload.check(this.payload, "7-1")).isEqualTo(Payload.Condition.WHOLE);
        assertThat(Payload.check(Payload.of("7-1", 0), "7-1")).isEqualTo(Payload.Condition.WHOLE);
    }

    @Test
    void isShortWhereverItIsCut() {
        for (int length = 0; length < this.payload.length; length++) {
            assertThat(Payload.check(Arrays.copyOf(this.payload, length), "7-1"))
                    .as("%d bytes", length)
                    .isEqualTo(Payload.Condition.SHORT);
        }
    }

    @Test
    void isCorruptIfAByteIsAnotherOrOneIsTooMany() {
        byte[] another = this.payload.clone();
        another[4_000] ^= 1;

        assertThat(Payload.check(another, "7-1")).isEqualTo(Payload.Condition.CORRUPT);
        assertThat(Payload.check(Arrays.copyOf(this.payload, this.payload.length + 1), "7-1"))
                .isEqualTo(Payload.Condition.CORRUPT);
    }

    @Test
    void isForeignIfItIsAnotherOnesOrNone() {
        assertThat(Payload.check(this.payload, "7-2")).isEqualTo(Payload.Condition.FOREIGN);
        assertThat(Payload.check(this.payload, "7-11")).isEqualTo(Payload.Condition.FOREIGN);
        assertThat(Payload.check("<html>".getBytes(StandardCharsets.US_ASCII), "7-1"))
                .isEqualTo(Payload.Condition.FOREIGN);
    }
}

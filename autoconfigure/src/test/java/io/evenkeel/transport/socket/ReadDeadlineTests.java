// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.testing.VirtualTime;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadDeadlineTests {

    private final VirtualTime time = VirtualTime.wrappingAfter(Duration.ofSeconds(7));
    private final ReadDeadline deadline = new ReadDeadline(this.time);
    private final Socket socket = new Socket();

    @AfterEach
    void close() throws Exception {
        this.socket.close();
    }

    @Test
    void onePartHasItsTimeAsAWhole() throws Exception {
        this.deadline.begin(this.socket, 3000);
        advance(2999);
        this.deadline.check(this.socket);
        assertThat(this.socket.getSoTimeout()).isEqualTo(1);
        advance(1);

        assertTimedOutAfter(3000);
    }

    @Test
    void eachPartThatIsCompleteGivesTheNextTheWholeTime() throws Exception {
        this.deadline.begin(this.socket, 3000);
        for (int i = 0; i < 5; i++) {
            advance(2000);
            this.deadline.check(this.socket);
            this.deadline.renew(60_000);
        }
        this.deadline.check(this.socket);
        assertThat(this.socket.getSoTimeout()).isEqualTo(3000);
        advance(3000);

        assertTimedOutAfter(3000);
    }

    @ParameterizedTest
    @CsvSource({"3000, 60000", "30000, 60000", "45000, 90000", "100, 60000"})
    void allPartsTogetherHaveTwiceTheTimeOfOneAndAtLeastAMinute(int one, int all) throws Exception {
        this.deadline.begin(this.socket, one);
        int elapsed = 0;
        for (int step = one / 2; elapsed + step < all; elapsed += step) {
            advance(step);
            this.deadline.check(this.socket);
            this.deadline.renew(60_000);
        }
        advance(all - elapsed);

        assertTimedOutAfter(all);
    }

    @Test
    void timeThatDoesNotRunIsNotRenewed() throws Exception {
        this.deadline.begin(this.socket, 3000);
        this.deadline.end(this.socket);
        this.deadline.renew(60_000);
        advance(100_000);

        this.deadline.check(this.socket);
        assertThat(this.socket.getSoTimeout()).isZero();
    }

    private void advance(int millis) {
        this.time.advance(Duration.ofMillis(millis));
    }

    private void assertTimedOutAfter(int millis) {
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> this.deadline.check(this.socket))
                .withMessage("Read timed out: not complete within %d ms", millis);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.time.Ticker;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A write that blocks ends with its socket, and one that has returned leaves it alone. */
class WriteLimitTests {

    private final CallTimer timer = new CallTimer(Ticker.SYSTEM);
    private final Socket socket = new Socket();

    @AfterEach
    void close() throws Exception {
        this.timer.close();
        this.socket.close();
    }

    private BlockingWrite begin(Duration limit) {
        return new WriteLimit(limit, this.timer, Ticker.SYSTEM).begin(this.socket);
    }

    @Test
    void whoIsLateLosesTheSocket() throws Exception {
        BlockingWrite write = begin(Duration.ofMillis(20));

        eventually("the socket is closed", this.socket::isClosed);

        assertThat(write.end()).isFalse();
        assertThat(this.timer.running()).isZero();
    }

    @Test
    void whoHasReturnedKeepsItEvenIfTheTimerHasItInHand() {
        BlockingWrite write = begin(Duration.ofMinutes(1));

        assertThat(write.end()).isTrue();
        write.expire();

        assertThat(this.socket.isClosed()).isFalse();
        assertThat(this.timer.running()).isZero();
    }

    @Test
    void withoutALimitThereIsNothingToEnd() {
        assertThat(begin(Duration.ZERO)).isNull();
        assertThat(this.timer.running()).isZero();
    }
}

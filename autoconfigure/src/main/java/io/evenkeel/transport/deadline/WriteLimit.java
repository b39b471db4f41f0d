// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.time.Ticker;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the peer of a connection may take no byte of a request.
 *
 * @param duration zero for as long as it likes
 * @param timer ends writes that cannot end by themselves
 */
public record WriteLimit(Duration duration, CallTimer timer, Ticker ticker) {

    /** {@return whether a peer that has taken nothing for so long has taken too long} */
    public boolean isOver(long nanos) {
        return !this.duration.isZero() && nanos >= this.duration.toNanos();
    }

    /** {@return a write that is about to block, to be ended behind it; null without a limit} */
    public @Nullable BlockingWrite begin(Socket socket) {
        if (this.duration.isZero()) {
            return null;
        }
        BlockingWrite write = new BlockingWrite(socket, this.timer, this.ticker.nanoTime() + this.duration.toNanos());
        this.timer.add(write);
        return write;
    }
}

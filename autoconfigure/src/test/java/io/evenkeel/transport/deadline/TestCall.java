// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.event.BoundSource;
import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call that consists of its bound. */
public final class TestCall implements BoundedCall {

    private final Runnable abort;
    private volatile @Nullable CallDeadline deadline;

    public TestCall(Runnable abort) {
        this.abort = abort;
    }

    public CallDeadline begin(Duration limit, CallTimer timer) {
        long now = Ticker.SYSTEM.nanoTime();
        Deadline over = Deadline.after(limit, Ticker.SYSTEM, now);
        CallDeadline begun = CallDeadline.begin(over, BoundSource.CODE, now, timer, this);
        this.deadline = begun;
        return begun;
    }

    @Override
    public @Nullable CallDeadline deadline() {
        return this.deadline;
    }

    @Override
    public void hurry() {}

    @Override
    public void abort() {
        this.abort.run();
    }
}

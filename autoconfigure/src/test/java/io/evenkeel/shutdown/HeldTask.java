// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A task that runs until the test lets it end, or until it is interrupted. */
public final class HeldTask implements Runnable {

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable last;
    private final boolean stubborn;
    private volatile boolean interrupted;

    public HeldTask() {
        this(() -> {});
    }

    /** @param last what it does before it ends, unless it is interrupted */
    public HeldTask(Runnable last) {
        this(last, false);
    }

    private HeldTask(Runnable last, boolean stubborn) {
        this.last = last;
        this.stubborn = stubborn;
    }

    /** {@return one that goes on when it is interrupted} */
    public static HeldTask thatIgnoresInterrupts() {
        return new HeldTask(() -> {}, true);
    }

    @Override
    public void run() {
        this.started.countDown();
        try {
            hold();
            if (!this.interrupted || this.stubborn) {
                this.last.run();
            }
        } finally {
            this.ended.countDown();
        }
    }

    private void hold() {
        while (true) {
            try {
                this.released.await();
                return;
            } catch (InterruptedException ex) {
                this.interrupted = true;
                if (!this.stubborn) {
                    return;
                }
            }
        }
    }

    public HeldTask awaitStart() {
        await(this.started);
        return this;
    }

    public void release() {
        this.released.countDown();
    }

    public void awaitEnd() {
        await(this.ended);
    }

    public void releaseAndAwaitEnd() {
        release();
        awaitEnd();
    }

    public boolean hasStarted() {
        return this.started.getCount() == 0;
    }

    public boolean hasEnded() {
        return this.ended.getCount() == 0;
    }

    public boolean wasInterrupted() {
        return this.interrupted;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@link FixedDelay} with a budget as Finagle has it: requests fill it, whatever becomes of them. A tenth of a retry for each, up to
 * ten retries, which are there at the beginning, as with Evenkeel.
 */
final class RequestBudget implements Retrying {

    private static final int TENTHS_OF_RETRY = 10;

    private static final int MOST = 10 * TENTHS_OF_RETRY;

    private final AtomicInteger tenths = new AtomicInteger(MOST);
    private final FixedDelay retrying = new FixedDelay(this::take);

    @Override
    public void run(Runnable call) throws InterruptedException {
        this.tenths.updateAndGet(left -> Math.min(MOST, left + 1));
        this.retrying.run(call);
    }

    private boolean take() {
        return this.tenths.getAndUpdate(left -> (left >= TENTHS_OF_RETRY) ? left - TENTHS_OF_RETRY : left)
                >= TENTHS_OF_RETRY;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import static io.evenkeel.transport.Eventually.eventually;

import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.socket.Liveness;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A pool whose look fails in the moment in which it is about to be left alone is not forgotten. */
class ForgottenPoolTests {

    private final AtomicBoolean needed = new AtomicBoolean(true);
    private final AtomicInteger sweeps = new AtomicInteger();
    private final AtomicBoolean broken = new AtomicBoolean();

    private final Housekept pool = new Housekept() {

        @Override
        public long sweep(long now, long watchAfterNanos, List<PooledConnection> unwatched) {
            ForgottenPoolTests.this.sweeps.incrementAndGet();
            return Long.MAX_VALUE;
        }

        @Override
        public void evict(Map<PooledConnection, Liveness> dead, long now) {}

        @Override
        public boolean hasIdle() {
            if (ForgottenPoolTests.this.broken.compareAndSet(false, true)) {
                throw new AssertionError("broken");
            }
            return false;
        }
    };

    @Test
    void itIsLookedAtAgain() throws Exception {
        Housekeeper housekeeper = new Housekeeper(Ticker.SYSTEM, this.needed::get, () -> {});

        housekeeper.wakeBy(this.pool, System.nanoTime());
        eventually("it is looked at again", () -> this.sweeps.get() == 2);

        this.needed.set(false);
        housekeeper.awaitEnd();
    }
}

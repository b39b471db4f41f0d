// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stands for the work of a task or of a request. */
final class Pause {

    private Pause() {}

    static void of(long millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }

    static void forEver() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}

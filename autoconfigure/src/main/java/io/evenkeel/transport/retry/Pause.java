// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.retry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;

/** The time between two attempts, in which a call holds no connection. It ends with the call. */
final class Pause implements Cancellable {

    private final CountDownLatch ended = new CountDownLatch(1);

    private Pause() {}

    /** @throws InterruptedIOException if the thread is interrupted */
    static void of(Duration time, ExecChain.Scope scope) throws IOException {
        Pause pause = new Pause();
        if (scope.originalRequest instanceof CancellableDependency request) {
            request.setDependency(pause);
        }
        try {
            // Whoever has ended it is asked for behind it.
            pause.ended.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("Interrupted while waiting for a retry");
            interrupted.initCause(ex);
            throw interrupted;
        }
    }

    @Override
    public boolean cancel() {
        this.ended.countDown();
        return true;
    }
}

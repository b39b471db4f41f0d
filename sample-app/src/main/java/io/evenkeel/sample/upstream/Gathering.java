// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Requests that wait for each other: all are answered when the last one has come, or all are refused in the end. */
final class Gathering {

    private final String path;
    private final int expected;
    private final AtomicInteger present = new AtomicInteger();
    private final CompletableFuture<Boolean> complete = new CompletableFuture<>();

    Gathering(String path, int expected) {
        this.path = path;
        this.expected = expected;
    }

    /** Takes in a request; one that comes too late, or from an earlier burst, is refused at once. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing depends on the answers having been given
    void join(String requestPath, Consumer<Boolean> answer) {
        if (complete.isDone() || !requestPath.equals(path)) {
            answer.accept(false);
            return;
        }
        int arrived = present.incrementAndGet();
        complete.thenAccept(answer);
        if (arrived == expected) {
            complete.complete(true);
        }
    }

    /** Refuses everybody who is waiting. */
    void giveUp() {
        complete.complete(false);
    }

    /** {@return how many were there at the same time} */
    int present() {
        return present.get();
    }
}

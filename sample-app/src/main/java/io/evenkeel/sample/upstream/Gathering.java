// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Requests that wait for each other: all are answered when the last one has come, or all are refused in the end. */
final class Gathering {

    private final String path;
    private final int expected;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final List<Consumer<Boolean>> waiting = new ArrayList<>();
    private boolean over;

    Gathering(String path, int expected) {
        this.path = path;
        this.expected = expected;
    }

    /** Takes in a request; one that comes too late, or from an earlier burst, is refused at once. */
    void join(String requestPath, Consumer<Boolean> answer) {
        boolean refused;
        boolean complete;
        lock.lock();
        try {
            refused = over || !requestPath.equals(path);
            if (!refused) {
                waiting.add(answer);
            }
            complete = waiting.size() == expected;
        } finally {
            lock.unlock();
        }
        if (refused) {
            answer.accept(false);
        } else if (complete) {
            end(true);
        }
    }

    /** Answers everybody who is waiting, outside the lock, as answering is I/O. */
    void end(boolean complete) {
        List<Consumer<Boolean>> all;
        lock.lock();
        try {
            if (over) {
                return;
            }
            over = true;
            all = List.copyOf(waiting);
        } finally {
            lock.unlock();
        }
        all.forEach(answer -> answer.accept(complete));
    }

    /** {@return how many were there at the same time} */
    int present() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}

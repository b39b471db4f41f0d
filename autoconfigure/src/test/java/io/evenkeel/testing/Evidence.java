// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What a {@link ScriptedServer} saw. All lists are guarded by the lock; its condition is signalled at each change. */
final class Evidence {

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = this.lock.newCondition();

    private final List<ServerConnection> accepted = new ArrayList<>();

    private final List<ServerConnection> open = new ArrayList<>();

    private final List<Request> requests = new ArrayList<>();

    private final List<Handshake> handshakes = new ArrayList<>();

    private final List<String> handshakeFailures = new ArrayList<>();

    private final List<String> failures = new ArrayList<>();

    void accepted(ServerConnection connection) {
        change(() -> {
            this.accepted.add(connection);
            this.open.add(connection);
        });
    }

    void closed(ServerConnection connection) {
        change(() -> this.open.remove(connection));
    }

    void received(Request request) {
        change(() -> this.requests.add(request));
    }

    void completed(Request head, Request complete) {
        change(() -> this.requests.set(this.requests.indexOf(head), complete));
    }

    void shookHands(Handshake handshake) {
        change(() -> this.handshakes.add(handshake));
    }

    void handshakeFailed(int connection, Exception failure) {
        change(() -> this.handshakeFailures.add("connection " + connection + ": " + failure.getMessage()));
    }

    void failed(int connection, Throwable failure) {
        change(() -> this.failures.add("connection " + connection + " failed: " + failure));
    }

    List<ServerConnection> accepted() {
        return look(() -> List.copyOf(this.accepted));
    }

    List<ServerConnection> open() {
        return look(() -> List.copyOf(this.open));
    }

    List<Request> requests() {
        return look(() -> List.copyOf(this.requests));
    }

    List<Handshake> handshakes() {
        return look(() -> List.copyOf(this.handshakes));
    }

    List<String> handshakeFailures() {
        return look(() -> List.copyOf(this.handshakeFailures));
    }

    List<String> failures() {
        return look(() -> List.copyOf(this.failures));
    }

    /** Waits until the condition holds, which is looked at after each change. */
    void await(BooleanSupplier condition, Duration limit, Supplier<String> message) {
        this.lock.lock();
        try {
            long left = limit.toNanos();
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError(message.get() + " within " + limit);
                }
                // A step of a script that is reached signals nothing, hence the short wait.
                long waited = Math.min(left, Duration.ofMillis(10).toNanos());
                left -= waited - Math.max(0, this.changed.awaitNanos(waited));
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(message.get() + ": interrupted", ex);
        } finally {
            this.lock.unlock();
        }
    }

    private void change(Runnable change) {
        this.lock.lock();
        try {
            change.run();
            this.changed.signalAll();
        } finally {
            this.lock.unlock();
        }
    }

    private <T> T look(Supplier<T> look) {
        this.lock.lock();
        try {
            return look.get();
        } finally {
            this.lock.unlock();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.transport.connection.PooledConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operation of a pool under its lock, from {@link PoolState#begin} to {@link #unlock}, and the connections that it
 * evicts. They are closed after the lock was released, since closing is I/O, and with TLS a conversation. Until it is over they are open, so they
 * keep their place. The pool remembers them as long: if the thread that was to close them does not get that far, since
 * memory or stack are short, a later call does it.
 *
 * <p>Used by one thread.
 */
final class Evictions {

    /** A closing takes a second at most. Who has not come to an end by then has not begun, or was stopped in the middle. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger log = LoggerFactory.getLogger(Evictions.class);

    private final PoolState state;
    private @Nullable List<Slot> evicted;
    private boolean complete;

    Evictions(PoolState state) {
        this.state = state;
    }

    /** Evicts a connection whose place is somebody else's already, or that has none. */
    void addWithoutPlace(Slot slot, CloseReason reason) {
        list().add(slot);
        slot.evict(reason);
    }

    /** Evicts a connection that keeps its place until it is closed. */
    void add(Slot slot, CloseReason reason) {
        list().add(slot);
        slot.evict(reason, this.state.ticker.nanoTime());
    }

    /** Takes over what others should have closed long ago. */
    void addOverdue(RoutePool routePool) {
        for (Slot slot : routePool.closing) {
            if (this.state.ticker.nanoTime() - slot.evictedAt() >= LONGEST_NANOS) {
                list().add(slot);
            }
        }
    }

    private List<Slot> list() {
        if (this.evicted == null) {
            this.evicted = new ArrayList<>(2);
        }
        return this.evicted;
    }

    /** Takes over the place of an evicted connection for whoever closes it and uses the place only then. */
    boolean takePlace(RoutePool routePool) {
        if (this.evicted != null) {
            for (Slot slot : this.evicted) {
                if (slot.routePool == routePool && slot.leavePlace()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** All that was to be done under the lock is done: nothing that is evicted is anywhere else. */
    void complete() {
        this.complete = true;
    }

    /** Releases the lock, then closes them all. What is evicted must not be found again, however far the operation got. */
    void unlock() {
        try {
            if (!this.complete && this.evicted != null) {
                this.evicted.forEach(this.state.idle::forget);
            }
        } finally {
            this.state.unlock();
            if (this.evicted != null) {
                closeAll(this.evicted);
            }
        }
    }

    /** Whatever happens to one. */
    private void closeAll(List<Slot> slots) {
        boolean done = false;
        try {
            slots.forEach(this::closeAnyhow);
            done = true;
        } finally {
            if (!done) {
                // Nobody else knows those whose places were taken over. What is closed already stays so.
                slots.forEach(this::closeAnyhow);
            }
        }
    }

    private void closeAnyhow(Slot slot) {
        try {
            close(slot);
        } catch (RuntimeException | Error ex) {
            // Does nothing if that was not where it failed.
            slot.entry.discardConnection(CloseMode.IMMEDIATE);
            log.warn("A connection to {} could not be closed in good order", slot.entry.getRoute(), ex);
        }
    }

    /** A peer that is gone, or that broke the protocol, is not taken leave of. */
    private void close(Slot slot) {
        ManagedHttpClientConnection held = slot.entry.getConnection();
        try {
            if (held instanceof PooledConnection connection) {
                connection.history().closing(slot.evictedAs());
            }
            slot.entry.discardConnection(mode(slot.evictedAs()));
        } finally {
            abandon(held);
            if (slot.keepsPlace()) {
                this.state.vacate(slot);
            }
        }
    }

    /** Closes what an entry has let go without closing it, if anything was thrown in between. */
    static void abandon(@Nullable HttpConnection connection) {
        if (connection != null && connection.isOpen()) {
            connection.close(CloseMode.IMMEDIATE);
        }
    }

    private static CloseMode mode(CloseReason reason) {
        return switch (reason) {
            case IDLE, LEARNED, SURPLUS, MAX_LIFETIME, NOT_REUSABLE, RELOAD, SHUTDOWN -> CloseMode.GRACEFUL;
            case EOF, RESET, UNSOLICITED, ERROR, TIMEOUT, LEAKED -> CloseMode.IMMEDIATE;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.PooledConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that were condemned under the lock of the pool and are closed after it was released: closing is I/O,
 * and with TLS a conversation. Until it is over they are open, so they keep their place. The pool remembers them as long:
 * if the thread that was to close them does not get that far, since memory or stack are short, a later call does it.
 *
 * <p>Used by one thread, for one operation of the pool.
 */
final class Closing {

    /** A goodbye takes a second at most. Who has not come to an end by then has not begun, or was stopped in the middle. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger log = LoggerFactory.getLogger(Closing.class);

    /** A connection that is to be closed. */
    static final class Condemned {

        private final PoolEntry<HttpRoute, ManagedHttpClientConnection> entry;
        private final CloseReason reason;
        private final long since;

        /** Guarded by the lock of the pool. */
        private @Nullable RoutePool placeIn;

        private Condemned(
                PoolEntry<HttpRoute, ManagedHttpClientConnection> entry,
                CloseReason reason,
                long since,
                @Nullable RoutePool placeIn) {
            this.entry = entry;
            this.reason = reason;
            this.since = since;
            this.placeIn = placeIn;
        }

        /**
         * Gives its place up. Called under the lock of the pool.
         *
         * @return where the place is free now, null if it was given up before
         */
        @Nullable
        RoutePool leavePlace() {
            RoutePool left = this.placeIn;
            if (left != null) {
                left.closing.remove(this);
                this.placeIn = null;
            }
            return left;
        }
    }

    private final Ticker ticker;
    private @Nullable List<Condemned> condemned;
    private boolean complete;

    Closing(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Condemns a connection whose place is somebody else's already, or that has none. */
    void add(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, CloseReason reason) {
        list().add(new Condemned(entry, reason, 0, null));
    }

    /** Condemns a connection that keeps its place until it is closed. Called under the lock of the pool. */
    void add(RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, CloseReason reason) {
        Condemned added = new Condemned(entry, reason, this.ticker.nanoTime(), routePool);
        list().add(added);
        routePool.closing.add(added);
    }

    /** Takes over what others should have closed long ago. Called under the lock of the pool. */
    void addOverdue(RoutePool routePool) {
        for (Condemned each : routePool.closing) {
            if (this.ticker.nanoTime() - each.since >= LONGEST_NANOS) {
                list().add(each);
            }
        }
    }

    /** All that was to be done under the lock is done: nothing that was condemned is anywhere else. */
    void complete() {
        this.complete = true;
    }

    boolean isComplete() {
        return this.complete;
    }

    /** Calls for each that is to be closed. */
    void forEach(Consumer<PoolEntry<HttpRoute, ManagedHttpClientConnection>> action) {
        if (this.condemned != null) {
            this.condemned.forEach(each -> action.accept(each.entry));
        }
    }

    private List<Condemned> list() {
        if (this.condemned == null) {
            this.condemned = new ArrayList<>(2);
        }
        return this.condemned;
    }

    /**
     * Takes over the place of a condemned connection for whoever closes it and uses the place only then. Called under
     * the lock of the pool.
     */
    boolean takePlace(RoutePool routePool) {
        if (this.condemned != null) {
            for (Condemned each : this.condemned) {
                if (each.placeIn == routePool) {
                    each.leavePlace();
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Closes them all, whatever happens to one. A peer that is gone, or that broke the protocol, is not said goodbye to.
     *
     * @param vacate gives the place of a connection that is closed to others
     */
    void run(Consumer<Condemned> vacate) {
        if (this.condemned == null) {
            return;
        }
        boolean done = false;
        try {
            closeAll(this.condemned, vacate);
            done = true;
        } finally {
            if (!done) {
                // Nobody else knows those whose places were taken over. What is closed already stays so.
                closeAll(this.condemned, vacate);
            }
        }
    }

    private static void closeAll(List<Condemned> condemned, Consumer<Condemned> vacate) {
        for (Condemned each : condemned) {
            try {
                close(each, vacate);
            } catch (RuntimeException | Error ex) {
                // Does nothing if that was not where it failed.
                each.entry.discardConnection(CloseMode.IMMEDIATE);
                log.warn("A connection to {} could not be closed in good order", each.entry.getRoute(), ex);
            }
        }
    }

    private static void close(Condemned each, Consumer<Condemned> vacate) {
        ManagedHttpClientConnection held = each.entry.getConnection();
        try {
            if (held instanceof PooledConnection connection) {
                connection.history().closing(each.reason);
            }
            each.entry.discardConnection(mode(each.reason));
        } finally {
            abandon(held);
            if (each.placeIn != null) {
                vacate.accept(each);
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

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that were condemned under the lock of the pool and are closed after it was released: closing is I/O,
 * and with TLS a conversation. Until it is over they are open, so they keep their place.
 */
final class Closing {

    private static final Logger log = LoggerFactory.getLogger(Closing.class);

    private static final class Condemned {

        private final PoolEntry<HttpRoute, ManagedHttpClientConnection> entry;
        private final CloseReason reason;
        private @Nullable RoutePool placeIn;

        Condemned(
                PoolEntry<HttpRoute, ManagedHttpClientConnection> entry,
                CloseReason reason,
                @Nullable RoutePool placeIn) {
            this.entry = entry;
            this.reason = reason;
            this.placeIn = placeIn;
        }
    }

    private @Nullable List<Condemned> condemned;

    /** Condemns a connection whose place is somebody else's already, or that has none. */
    void add(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, CloseReason reason) {
        add(new Condemned(entry, reason, null));
    }

    /** Condemns a connection that keeps its place until it is closed. Called under the lock of the pool. */
    void add(RoutePool routePool, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, CloseReason reason) {
        add(new Condemned(entry, reason, routePool));
        routePool.closing++;
    }

    private void add(Condemned added) {
        if (this.condemned == null) {
            this.condemned = new ArrayList<>(2);
        }
        this.condemned.add(added);
    }

    /**
     * Takes over the place of a condemned connection for whoever closes it and uses the place only then. Called under
     * the lock of the pool.
     */
    boolean takePlace(RoutePool routePool) {
        if (this.condemned != null) {
            for (Condemned each : this.condemned) {
                if (each.placeIn == routePool) {
                    each.placeIn = null;
                    routePool.closing--;
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Closes them all, whatever happens to one. A peer that is gone, or that broke the protocol, is not said goodbye to.
     *
     * @param vacated gets the routes whose places are free again, one by one
     */
    void run(Consumer<RoutePool> vacated) {
        if (this.condemned == null) {
            return;
        }
        for (Condemned each : this.condemned) {
            try {
                if (each.entry.getConnection() instanceof PooledConnection connection) {
                    connection.closing(each.reason);
                }
                each.entry.discardConnection(mode(each.reason));
            } catch (RuntimeException | Error ex) {
                log.warn("A connection to {} could not be closed in good order", each.entry.getRoute(), ex);
            } finally {
                if (each.placeIn != null) {
                    vacated.accept(each.placeIn);
                }
            }
        }
    }

    private static CloseMode mode(CloseReason reason) {
        return switch (reason) {
            case IDLE, LEARNED, SURPLUS, MAX_LIFETIME, NOT_REUSABLE, RELOAD, SHUTDOWN -> CloseMode.GRACEFUL;
            case EOF, RESET, UNSOLICITED, ERROR, TIMEOUT, LEAKED -> CloseMode.IMMEDIATE;
        };
    }
}

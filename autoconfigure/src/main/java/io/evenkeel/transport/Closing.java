// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.CloseReason;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolEntry;
import org.jspecify.annotations.Nullable;

/**
 * The connections that were condemned under the lock of the pool and are closed after it was released: closing is I/O,
 * and with TLS a conversation.
 */
final class Closing {

    private record Condemned(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, CloseReason reason) {}

    private @Nullable List<Condemned> condemned;

    void add(PoolEntry<HttpRoute, ManagedHttpClientConnection> entry, CloseReason reason) {
        if (this.condemned == null) {
            this.condemned = new ArrayList<>(2);
        }
        this.condemned.add(new Condemned(entry, reason));
    }

    /** Closes them. A peer that is gone, or that broke the protocol, is not said goodbye to. */
    void run() {
        if (this.condemned == null) {
            return;
        }
        for (Condemned each : this.condemned) {
            if (each.entry().getConnection() instanceof PooledConnection connection) {
                connection.closing(each.reason());
            }
            each.entry().discardConnection(mode(each.reason()));
        }
    }

    private static CloseMode mode(CloseReason reason) {
        return switch (reason) {
            case IDLE, SURPLUS, MAX_LIFETIME, NOT_REUSABLE, SHUTDOWN -> CloseMode.GRACEFUL;
            case EOF, RESET, UNSOLICITED, ERROR, TIMEOUT -> CloseMode.IMMEDIATE;
        };
    }
}

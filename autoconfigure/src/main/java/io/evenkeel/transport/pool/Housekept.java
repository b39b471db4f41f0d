// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.socket.Liveness;
import java.util.List;
import java.util.Map;

/** What the {@link Housekeeper} looks after. Thread-safe. */
interface Housekept {

    /**
     * Closes the idle connections that are due.
     *
     * @param now current time
     * @param watchAfterNanos idle time from which on a connection is worth watching
     * @param unwatched receives the idle connections that are
     * @return time until the next one is due, {@code Long.MAX_VALUE} if none is idle
     */
    long sweep(long now, long watchAfterNanos, List<PooledConnection> unwatched);

    /** Closes idle connections that were found dead, unless somebody took them meanwhile and found out, too. */
    void evict(Map<PooledConnection, Liveness> dead, long now);

    boolean hasIdle();
}

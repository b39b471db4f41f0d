// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections back from responses that were dropped without being closed. HttpClient reaches a leased connection
 * through its endpoint only, and so does the response: once the garbage collector has found the endpoint unreachable,
 * nobody can read the response or close it any more. Without this, the place in the pool and the file descriptor would be
 * lost for ever, since a channel, other than a socket, is not closed by the garbage collector. Thread-safe.
 */
final class LeakDetector {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    /** As many routes are warned of, one by one; a report for each of thousands would help nobody. */
    private static final int MOST_REPORTS = 100;

    private final Set<LeaseReference> leases = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<ConnectionEndpoint> unreachable = new ReferenceQueue<>();
    private final Set<String> reported = ConcurrentHashMap.newKeySet();

    /** Watches an endpoint until its connection is given back. */
    void watch(ConnectionEndpoint endpoint, PooledConnection connection, ConnectionPool pool, HttpRoute route) {
        LeaseReference reference = new LeaseReference(endpoint, connection, pool, route);
        connection.leasedAs(reference);
        this.leases.add(reference);
    }

    /** Takes back what was dropped since it was last asked. */
    void reclaim() {
        Reference<? extends ConnectionEndpoint> dropped;
        while ((dropped = this.unreachable.poll()) != null) {
            LeaseReference reference = (LeaseReference) dropped;
            if (this.leases.remove(reference) && reference.pool.reclaim(reference.route, reference.connection)) {
                report(reference);
            }
        }
    }

    private void report(LeaseReference reference) {
        String client = reference.pool.client();
        String origin = Origins.of(reference.route);
        if (this.reported.size() < MOST_REPORTS && this.reported.add(client + ' ' + origin)) {
            log.warn(
                    "A response of {} for client '{}' was dropped without being closed (thread {}). Its connection is "
                            + "closed now, and its place in the pool is free. Close what exchange(..., false) hands out; "
                            + "further cases of this client and route are not logged, but counted as reason 'leaked'.",
                    origin,
                    client,
                    Texts.thread(reference.holder));
        }
    }

    /** One lease. It must not reach its endpoint, or that would never be unreachable. */
    final class LeaseReference extends PhantomReference<ConnectionEndpoint> {

        private final PooledConnection connection;
        private final ConnectionPool pool;
        private final HttpRoute route;
        private final Thread holder;

        private LeaseReference(
                ConnectionEndpoint endpoint, PooledConnection connection, ConnectionPool pool, HttpRoute route) {
            super(endpoint, LeakDetector.this.unreachable);
            this.connection = connection;
            this.pool = pool;
            this.route = route;
            this.holder = Thread.currentThread();
        }

        /** The connection was given back. */
        void end() {
            LeakDetector.this.leases.remove(this);
            clear();
        }
    }
}

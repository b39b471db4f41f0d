// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.time.Ticker;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections back from responses that were dropped without being closed. HttpClient reaches a leased connection
 * through its endpoint only, and so does the response: once the garbage collector has found the endpoint unreachable,
 * nobody can read the response or close it any more. Without this, the place in the pool and the file descriptor would be
 * lost for ever, since a channel, other than a socket, is not closed by the garbage collector. Thread-safe.
 *
 * <p>A connection that somebody still holds, but on which nothing moves for {@link #LONGEST_SILENCE}, is reported and left
 * alone: its holder may be about to read, and a call that is only slow must not fail for that.
 */
final class LeakDetector {

    static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    /** As many routes are warned of, one by one; a report for each of thousands would help nobody. */
    private static final int MOST_REPORTS = 100;

    private final Ticker ticker;
    private final Set<LeaseReference> leases = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<ConnectionEndpoint> unreachable = new ReferenceQueue<>();
    private final Set<Case> reported = ConcurrentHashMap.newKeySet();
    private final AtomicLong nextLook;

    LeakDetector(Ticker ticker) {
        this.ticker = ticker;
        this.nextLook = new AtomicLong(ticker.nanoTime() + BETWEEN_LOOKS.toNanos());
    }

    /** Watches an endpoint until its connection is given back. */
    void watch(ConnectionEndpoint endpoint, PooledConnection connection, ConnectionPool pool, HttpRoute route) {
        LeaseReference reference = new LeaseReference(endpoint, connection, pool, route);
        connection.leasedAs(reference);
        this.leases.add(reference);
    }

    /** Takes back what was dropped since it was last asked, and looks for what is held without being used. */
    void reclaim() {
        Reference<? extends ConnectionEndpoint> dropped;
        while ((dropped = this.unreachable.poll()) != null) {
            LeaseReference reference = (LeaseReference) dropped;
            if (this.leases.remove(reference) && reference.pool.reclaim(reference.route, reference.connection)) {
                reportDropped(reference);
            }
        }
        long now = this.ticker.nanoTime();
        long due = this.nextLook.get();
        if (now - due >= 0 && this.nextLook.compareAndSet(due, now + BETWEEN_LOOKS.toNanos())) {
            for (LeaseReference lease : this.leases) {
                if (lease.silence(now) >= LONGEST_SILENCE.toNanos()) {
                    reportSilent(lease, now);
                }
            }
        }
    }

    private void reportDropped(LeaseReference lease) {
        if (isNew(lease, true)) {
            log.warn(
                    "A response of {} for client '{}' was dropped without being closed (thread {}). Its connection is "
                            + "closed now, and its place in the pool is free. Close what exchange(..., false) hands out; "
                            + "further cases of this client and route are not logged, but counted as reason 'leaked'.",
                    Origins.of(lease.route),
                    lease.pool.client(),
                    Texts.thread(lease.holder));
        }
    }

    private void reportSilent(LeaseReference lease, long now) {
        if (isNew(lease, false)) {
            log.warn(
                    "A connection to {} of client '{}' has been held for {} (thread {}), and nothing was sent or received "
                            + "on it for {}. It is left to its holder, and its place in the pool is taken. Close the "
                            + "response that holds it (exchange(..., false) hands out such), or set a read timeout "
                            + "(spring.http.clients.read-timeout); further cases of this client and route are not logged.",
                    Origins.of(lease.route),
                    lease.pool.client(),
                    Texts.duration(Duration.ofNanos(now - lease.since)),
                    Texts.thread(lease.holder),
                    Texts.duration(Duration.ofNanos(lease.silence(now))));
        }
    }

    private boolean isNew(LeaseReference lease, boolean dropped) {
        return this.reported.size() < MOST_REPORTS
                && this.reported.add(new Case(lease.pool.client(), Origins.of(lease.route), dropped));
    }

    /** What was reported once is not reported again. */
    private record Case(String client, String origin, boolean dropped) {}

    /** One lease. It must not reach its endpoint, or that would never be unreachable. */
    final class LeaseReference extends PhantomReference<ConnectionEndpoint> {

        private final PooledConnection connection;
        private final ConnectionPool pool;
        private final HttpRoute route;
        private final Thread holder;
        private final long since;

        /** Used by whoever has the turn to look. */
        private long silentSince;

        private long transferred;

        private LeaseReference(
                ConnectionEndpoint endpoint, PooledConnection connection, ConnectionPool pool, HttpRoute route) {
            super(endpoint, LeakDetector.this.unreachable);
            this.connection = connection;
            this.pool = pool;
            this.route = route;
            this.holder = Thread.currentThread();
            this.since = LeakDetector.this.ticker.nanoTime();
            this.silentSince = this.since;
        }

        /** {@return how long nothing has moved, as far as the looks can tell} */
        private long silence(long now) {
            long transferred = this.connection.transferred();
            if (transferred != this.transferred) {
                this.transferred = transferred;
                this.silentSince = now;
            }
            return now - this.silentSince;
        }

        /** The connection was given back. */
        void end() {
            LeakDetector.this.leases.remove(this);
            clear();
        }
    }
}

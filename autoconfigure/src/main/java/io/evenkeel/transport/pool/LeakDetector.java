// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import io.evenkeel.event.CloseReason;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.support.Origins;
import io.evenkeel.transport.support.Texts;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.HttpRoute;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes places back that their calls have lost: from responses that were dropped without being closed, and from calls that
 * something was thrown at which no handler could cope with, as when memory is short. HttpClient reaches a leased
 * connection through its endpoint only, which holds the holder of the {@link Lease}, and so does the response: once the garbage
 * collector has found that unreachable, nobody can read the response or close it any more. Without this, the place in the
 * pool and the file descriptor would be lost for ever, since a channel, other than a socket, is not closed by the garbage
 * collector. Thread-safe.
 *
 * <p>A connection that somebody still holds, but on which nothing moves for {@link #LONGEST_SILENCE}, is reported and left
 * alone: its holder may be about to read, and a call that is only slow must not fail for that.
 */
public final class LeakDetector {

    static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    public static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    /** As many routes are warned of, one by one; a report for each of thousands would help nobody. */
    private static final int MOST_REPORTS = 100;

    private final Ticker ticker;
    private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

    private final ReferenceQueue<Object> unreachable = new ReferenceQueue<>();
    private final Set<Case> reported = ConcurrentHashMap.newKeySet();
    private final AtomicLong nextLook;

    public LeakDetector(Ticker ticker) {
        this.ticker = ticker;
        this.nextLook = new AtomicLong(ticker.nanoTime() + BETWEEN_LOOKS.toNanos());
    }

    /** Watches what a holder gets from a pool, until {@link #end}. */
    Lease watch(Object holder, Lender pool, HttpRoute route, @Nullable ReplayPlace place) {
        Lease lease = new Lease(holder, pool, route, place, this.unreachable);
        this.leases.add(lease);
        return lease;
    }

    /** There is nothing to lose any more. */
    void end(Lease lease) {
        // It is not cleared, a call into the JVM before JDK 20: one that is enqueued all the same is none of these any
        // more.
        this.leases.remove(lease);
    }

    /** Takes back what was dropped since it was last asked, and looks for what is held without being used. */
    public void reclaim() {
        Reference<?> dropped;
        while ((dropped = this.unreachable.poll()) != null) {
            Lease lease = (Lease) dropped;
            if (this.leases.remove(lease) && lease.pool.giveUp(lease, CloseReason.LEAKED)) {
                reportDropped(lease);
            }
        }
        long now = this.ticker.nanoTime();
        long due = this.nextLook.get();
        if (now - due >= 0 && this.nextLook.compareAndSet(due, now + BETWEEN_LOOKS.toNanos())) {
            for (Lease lease : this.leases) {
                if (lease.slot() != null && lease.silence(now) >= LONGEST_SILENCE.toNanos()) {
                    reportSilent(lease, now);
                }
            }
        }
    }

    private void reportDropped(Lease lease) {
        if (isNew(lease, true)) {
            log.warn(
                    "A response of {} for client '{}' was dropped without being closed (thread {}). Its connection is "
                            + "closed now, and its place in the pool is free. Close what exchange(..., false) hands out; "
                            + "further cases of this client and route are not logged, but counted as reason 'leaked'.",
                    Origins.of(lease.route),
                    lease.pool.client(),
                    lease.holder());
        }
    }

    private void reportSilent(Lease lease, long now) {
        if (isNew(lease, false)) {
            log.warn(
                    "A connection to {} of client '{}' has been held for {} (thread {}), and nothing was sent or received "
                            + "on it for {}. It is left to its holder, and its place in the pool is taken. Close the "
                            + "response that holds it (exchange(..., false) hands out such), or set a read timeout "
                            + "(spring.http.clients.read-timeout); further cases of this client and route are not logged.",
                    Origins.of(lease.route),
                    lease.pool.client(),
                    Texts.duration(Duration.ofNanos(now - lease.since())),
                    lease.holder(),
                    Texts.duration(Duration.ofNanos(lease.silence(now))));
        }
    }

    private boolean isNew(Lease lease, boolean dropped) {
        return this.reported.size() < MOST_REPORTS
                && this.reported.add(new Case(lease.pool.client(), Origins.of(lease.route), dropped));
    }

    /** What was reported once is not reported again. */
    private record Case(String client, String origin, boolean dropped) {}
}

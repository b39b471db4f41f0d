// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests of one client may be sent again, for each route on its own. A retry costs one token; each success gives a
 * part of one, and nothing else gives any: while a server answers nothing, nobody may send it more than the burst. A route
 * that is not known has the whole burst, so only those that have less are kept, which are those with recent failures.
 * Thread-safe.
 */
public final class RetryBudgets {

    /** With more routes in trouble than that, the others share one budget. */
    static final int MOST_ROUTES = 1000;

    /** A route that nobody has called for so long gives its place to another one, if places are short. */
    static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private static final String OTHERS = "other";

    /** A token has that many parts: ten times 0.1 is one, which it is not with fractions. */
    private static final long TOKEN = 1_000_000;

    private final long burst;
    private final long perSuccess;
    private final Ticker ticker;
    private final ConcurrentMap<String, Budget> budgets = new ConcurrentHashMap<>();
    private final AtomicLong cleanedAt;

    /** @param left parts of tokens */
    private record Budget(long left, long usedAt) {}

    public RetryBudgets(RetrySettings settings, Ticker ticker) {
        this.burst = settings.burst() * TOKEN;
        this.perSuccess = Math.max(1, Math.round(settings.ratio() * TOKEN));
        this.ticker = ticker;
        this.cleanedAt = new AtomicLong(ticker.nanoTime());
    }

    /** {@return whether a retry is allowed, which is paid then} */
    public boolean take(String route) {
        long now = this.ticker.nanoTime();
        makeRoom(now);
        String key = key(route);
        while (true) {
            Budget known = this.budgets.get(key);
            if (known == null) {
                if (this.budgets.putIfAbsent(key, new Budget(this.burst - TOKEN, now)) == null) {
                    return true;
                }
            } else if (known.left < TOKEN) {
                return false;
            } else if (this.budgets.replace(key, known, new Budget(known.left - TOKEN, now))) {
                return true;
            }
        }
    }

    /** {@return whether all routes have the whole burst, so that successes change nothing} */
    public boolean areFull() {
        return this.budgets.isEmpty();
    }

    /** {@return whether a success changed something, which it does where something was taken} */
    public boolean succeeded(String route) {
        String key = key(route);
        long now = this.ticker.nanoTime();
        boolean[] changed = new boolean[1];
        this.budgets.computeIfPresent(key, (same, known) -> {
            changed[0] = true;
            long more = known.left + this.perSuccess;
            return (more < this.burst) ? new Budget(more, now) : null;
        });
        return changed[0];
    }

    /** {@return the share of the burst that is left, between 0 and 1} */
    public double share(String route) {
        Budget known = this.budgets.get(key(route));
        return (known != null) ? (double) known.left / this.burst : 1;
    }

    private String key(String route) {
        return (this.budgets.size() < MOST_ROUTES || this.budgets.containsKey(route)) ? route : OTHERS;
    }

    private void makeRoom(long now) {
        long last = this.cleanedAt.get();
        if (this.budgets.size() >= MOST_ROUTES
                && now - last >= FORGOTTEN.toNanos()
                && this.cleanedAt.compareAndSet(last, now)) {
            this.budgets.values().removeIf(budget -> now - budget.usedAt >= FORGOTTEN.toNanos());
        }
    }
}

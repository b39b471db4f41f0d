// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many requests of one client may be sent again, for each route on its own. A retry costs one token; each success gives a
 * part of one, and nothing else gives any: while a server answers nothing, nobody may send it more than the burst. A route
 * that is not known has the whole burst, so only those that have less are kept, which are those with recent failures.
 * Thread-safe.
 */
public final class RetryBudgets {

    /** With more routes in trouble than that, the others share one budget. */
    static final int MOST_ROUTES = 1000;

    private static final String OTHERS = "other";

    private final double burst;
    private final double ratio;
    private final ConcurrentMap<String, Double> tokens = new ConcurrentHashMap<>();

    public RetryBudgets(RetrySettings settings) {
        this.burst = settings.burst();
        this.ratio = settings.ratio();
    }

    /** {@return whether a retry is allowed, which is paid then} */
    public boolean take(String route) {
        String key = key(route);
        while (true) {
            Double left = this.tokens.get(key);
            if (left == null) {
                if (this.tokens.putIfAbsent(key, this.burst - 1) == null) {
                    return true;
                }
            } else if (left < 1) {
                return false;
            } else if (this.tokens.replace(key, left, left - 1)) {
                return true;
            }
        }
    }

    /** {@return whether all routes have the whole burst, so that successes change nothing} */
    public boolean areFull() {
        return this.tokens.isEmpty();
    }

    /** {@return whether a success changed something, which it does where something was taken} */
    public boolean succeeded(String route) {
        String key = key(route);
        boolean[] changed = new boolean[1];
        this.tokens.computeIfPresent(key, (same, left) -> {
            changed[0] = true;
            double more = left + this.ratio;
            return (more < this.burst) ? more : null;
        });
        return changed[0];
    }

    /** {@return the share of the burst that is left, between 0 and 1} */
    public double share(String route) {
        Double left = this.tokens.get(key(route));
        return (left != null) ? left / this.burst : 1;
    }

    private String key(String route) {
        return (this.tokens.size() < MOST_ROUTES || this.tokens.containsKey(route)) ? route : OTHERS;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.resilience4j;

import io.evenkeel.policy.breaker.Breaker;
import io.evenkeel.policy.breaker.Breakers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A breaker for each route of a client. Of more than a number of routes, those go that nobody has used for longest, and of these the
 * closed ones first: they have the least to lose. Thread-safe.
 */
final class RouteBreakers implements Breakers {

    private final String client;
    private final int most;
    private final Function<String, Resilience4jBreaker> maker;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock; in the order of use
    private final Map<String, Resilience4jBreaker> breakers = new LinkedHashMap<>(16, 0.75f, true);

    RouteBreakers(String client, int most, Function<String, Resilience4jBreaker> maker) {
        this.client = client;
        this.most = most;
        this.maker = maker;
    }

    @Override
    public Breaker of(String authority) {
        Resilience4jBreaker found;
        Resilience4jBreaker evicted = null;
        this.lock.lock();
        try {
            found = this.breakers.get(authority);
            if (found == null) {
                evicted = (this.breakers.size() >= this.most) ? evict() : null;
                found = this.maker.apply(this.client + "@" + authority);
                this.breakers.put(authority, found);
            }
        } finally {
            this.lock.unlock();
        }
        if (evicted != null) {
            evicted.remove();
        }
        return found;
    }

    private @Nullable Resilience4jBreaker evict() {
        String oldest = null;
        for (Map.Entry<String, Resilience4jBreaker> each : this.breakers.entrySet()) {
            if (each.getValue().isClosed()) {
                return this.breakers.remove(each.getKey());
            }
            oldest = (oldest != null) ? oldest : each.getKey();
        }
        return (oldest != null) ? this.breakers.remove(oldest) : null;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.time.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who has meters at the moment. Events of known routes find theirs without a lock; everything that adds or removes
 * meters happens under one. Time is counted in whole seconds since the table was made.
 */
final class SeriesTable {

    static final Duration KEPT = Duration.ofHours(1);

    /** While there are more routes than places. Where instances come and go, all places would be those of the gone. */
    static final Duration KEPT_WHEN_CROWDED = Duration.ofMinutes(10);

    static final Duration BETWEEN_PURGES = Duration.ofMinutes(1);

    private final Supplier<List<PoolSnapshot>> pools;
    private final RouteTags tags;
    private final Ticker ticker;
    private final long origin;
    private final PoolStates states;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ClientSeries> clients = new ConcurrentHashMap<>();
    private final List<MeterRegistry> registries = new ArrayList<>();
    private final AtomicLong nextPurge = new AtomicLong(BETWEEN_PURGES.toSeconds());
    private volatile boolean closed;

    SeriesTable(Supplier<List<PoolSnapshot>> pools, RouteTags tags, Ticker ticker) {
        this.pools = pools;
        this.tags = tags;
        this.ticker = ticker;
        this.origin = ticker.nanoTime();
        this.states = new PoolStates(pools, this::tagOf, ticker);
    }

    /** {@return where to record an event of the route, {@code null} if nowhere any more} */
    @Nullable
    RouteSeries inUse(String client, String route) {
        if (this.closed) {
            return null;
        }
        long second = second();
        ClientSeries known = this.clients.get(client);
        RouteSeries series = (known != null) ? known.find(route) : null;
        if (series != null && series.use(second)) {
            return series;
        }
        this.lock.lock();
        try {
            return this.closed ? null : findOrAdd(client, route, second);
        } finally {
            this.lock.unlock();
        }
    }

    private RouteSeries findOrAdd(String client, String route, long second) {
        RouteSeries series = findOrAdd(client).findOrAdd(route, second, this.registries);
        series.use(second);
        return series;
    }

    private ClientSeries findOrAdd(String client) {
        ClientSeries known = this.clients.get(client);
        if (known != null) {
            return known;
        }
        ClientSeries added = new ClientSeries(client, this.tags, this.states, this.lock);
        this.clients.put(client, added);
        this.registries.forEach(added::attach);
        return added;
    }

    void bind(MeterRegistry registry) {
        List<PoolSnapshot> existing = this.pools.get();
        this.lock.lock();
        try {
            if (this.closed || this.registries.contains(registry)) {
                return;
            }
            this.registries.add(registry);
            this.clients.values().forEach(client -> client.attach(registry));
            for (PoolSnapshot pool : existing) {
                findOrAdd(pool.client());
                for (RouteSnapshot route : pool.routes()) {
                    if (RouteState.of(route, pool.maxPerRoute()).isInUse()) {
                        findOrAdd(pool.client(), route.route(), second());
                    }
                }
            }
        } finally {
            this.lock.unlock();
        }
    }

    void purgeIfDue() {
        long second = second();
        long due = this.nextPurge.get();
        if (second < due || !this.nextPurge.compareAndSet(due, second + BETWEEN_PURGES.toSeconds())) {
            return;
        }
        Map<String, ClientState> current = this.states.current();
        this.lock.lock();
        try {
            this.clients.forEach((name, client) -> {
                ClientState state = current.getOrDefault(name, ClientState.NO_POOLS);
                boolean crowded = client.isCrowdedSince(second - BETWEEN_PURGES.toSeconds());
                Duration kept = crowded ? KEPT_WHEN_CROWDED : KEPT;
                if (client.purge(second, second - kept.toSeconds(), state)) {
                    client.removeMeters();
                    this.clients.remove(name);
                }
            });
        } finally {
            this.lock.unlock();
        }
    }

    void close() {
        this.lock.lock();
        try {
            this.closed = true;
            this.clients.values().forEach(ClientSeries::removeMeters);
            this.clients.clear();
            this.registries.clear();
        } finally {
            this.lock.unlock();
        }
    }

    private String tagOf(String client, String route) {
        ClientSeries known = this.clients.get(client);
        return (known != null) ? known.tagOf(route) : this.tags.rest();
    }

    private long second() {
        return TimeUnit.NANOSECONDS.toSeconds(this.ticker.nanoTime() - this.origin);
    }
}

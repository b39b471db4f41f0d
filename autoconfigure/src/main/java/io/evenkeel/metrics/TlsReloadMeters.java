// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.ReloadResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Counts the reloads of SSL bundles as {@code evenkeel.tls.reloads}. Several clients may use a bundle, so it is counted
 * once, and not by client. Any number of registries may be bound. Thread-safe.
 */
public final class TlsReloadMeters implements MeterBinder, ConnectionListener, AutoCloseable {

    private final Supplier<? extends Collection<String>> bundles;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@code lock}. */
    private final Map<MeterRegistry, Set<Counter>> registries = new IdentityHashMap<>();

    /**
     * @param bundles names of the bundles that there are, asked for when a registry is bound: an alert sees the step from 0
     */
    public TlsReloadMeters(Supplier<? extends Collection<String>> bundles) {
        this.bundles = bundles;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Collection<String> used = this.bundles.get();
        this.lock.lock();
        try {
            this.registries.computeIfAbsent(registry, added -> new HashSet<>());
            used.forEach(bundle -> register(registry, bundle));
        } finally {
            this.lock.unlock();
        }
    }

    @Override
    public void tlsReloaded(String bundle, ReloadResult result) {
        this.lock.lock();
        try {
            this.registries
                    .keySet()
                    .forEach(registry ->
                            register(registry, bundle).get(result.ordinal()).increment());
        } finally {
            this.lock.unlock();
        }
    }

    // A registry gives the meter that it has already.
    private List<Counter> register(MeterRegistry registry, String bundle) {
        List<Counter> counters = Stream.of(ReloadResult.values())
                .map(result -> Counter.builder("evenkeel.tls.reloads")
                        .description("SSL bundles that were replaced while clients used them")
                        .tags("bundle", bundle, "result", OwnedMeters.tag(result))
                        .register(registry))
                .toList();
        Objects.requireNonNull(this.registries.get(registry)).addAll(counters);
        return counters;
    }

    /** Removes all meters from all registries. Later events are ignored. */
    @Override
    public void close() {
        this.lock.lock();
        try {
            this.registries.forEach((registry, counters) -> counters.forEach(registry::remove));
            this.registries.clear();
        } finally {
            this.lock.unlock();
        }
    }
}

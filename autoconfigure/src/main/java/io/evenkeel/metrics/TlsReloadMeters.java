// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.ReloadResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Counts the reloads of SSL bundles as {@code evenkeel.tls.reloads}. Several clients may use a bundle, so it is counted
 * once, and not by client. Any number of registries may be bound. Thread-safe.
 */
public final class TlsReloadMeters implements MeterBinder, ConnectionListener, AutoCloseable {

    private final Supplier<? extends Collection<String>> bundles;

    private final ReentrantLock lock = new ReentrantLock();

    /** By bundle. Guarded by {@code lock}. */
    private final Map<MeterRegistry, Map<String, List<Counter>>> registries = new IdentityHashMap<>();

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
            Map<String, List<Counter>> counters = this.registries.computeIfAbsent(registry, added -> new HashMap<>());
            used.forEach(bundle -> counters.computeIfAbsent(bundle, name -> register(registry, name)));
        } finally {
            this.lock.unlock();
        }
    }

    @Override
    public void tlsReloaded(String bundle, ReloadResult result) {
        this.lock.lock();
        try {
            this.registries.forEach(
                    (registry, counters) -> counters.computeIfAbsent(bundle, name -> register(registry, name))
                            .get(result.ordinal())
                            .increment());
        } finally {
            this.lock.unlock();
        }
    }

    private static List<Counter> register(MeterRegistry registry, String bundle) {
        List<Counter> counters = new ArrayList<>();
        for (ReloadResult result : ReloadResult.values()) {
            counters.add(Counter.builder("evenkeel.tls.reloads")
                    .description("SSL bundles that were replaced while clients used them")
                    .tags("bundle", bundle, "result", result.name().toLowerCase(Locale.ROOT))
                    .register(registry));
        }
        return counters;
    }

    /** Removes all meters from all registries. Later events are ignored. */
    @Override
    public void close() {
        this.lock.lock();
        try {
            this.registries.forEach(
                    (registry, counters) -> counters.values().forEach(ofBundle -> ofBundle.forEach(registry::remove)));
            this.registries.clear();
        } finally {
            this.lock.unlock();
        }
    }
}

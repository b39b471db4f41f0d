// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** What is known of SSL bundles, by identity, and forgotten with them. Thread-safe. */
final class BundleMap<V> {

    private final Map<BundleKey, V> values = new ConcurrentHashMap<>();
    private final ReferenceQueue<SslBundle> forgotten = new ReferenceQueue<>();

    @Nullable
    V get(SslBundle bundle) {
        removeForgotten();
        return this.values.get(new BundleKey(bundle, this.forgotten));
    }

    void put(SslBundle bundle, V value) {
        removeForgotten();
        this.values.put(new BundleKey(bundle, this.forgotten), value);
    }

    int size() {
        removeForgotten();
        return this.values.size();
    }

    private void removeForgotten() {
        Reference<? extends SslBundle> reference;
        while ((reference = this.forgotten.poll()) != null) {
            this.values.remove(reference);
        }
    }

    /** Equal to itself and to every other key of the same living bundle. */
    private static final class BundleKey extends WeakReference<SslBundle> {

        private final int hash;

        BundleKey(SslBundle bundle, ReferenceQueue<SslBundle> queue) {
            super(bundle, queue);
            this.hash = System.identityHashCode(bundle);
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            SslBundle bundle = get();
            return bundle != null && other instanceof BundleKey key && key.refersTo(bundle);
        }

        @Override
        public int hashCode() {
            return this.hash;
        }
    }
}

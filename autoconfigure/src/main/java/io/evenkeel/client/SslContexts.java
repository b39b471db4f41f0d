// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import io.evenkeel.transport.TlsMaterial;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * One {@link TlsMaterial}, hence one {@code SSLContext} with one session cache, for each SSL bundle, made at the first
 * build that uses the bundle and forgotten with it. A reloaded bundle is another object, and gets another context.
 * Thread-safe.
 */
public final class SslContexts {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<BundleKey, TlsMaterial> materials = new HashMap<>();
    private final ReferenceQueue<SslBundle> forgotten = new ReferenceQueue<>();

    /**
     * Finds or makes what the handshakes of a bundle are made with.
     *
     * @param bundle the bundle, {@code null} if the client uses none
     * @return the same object for the same bundle, {@code null} for {@code null}: the default of the JVM
     * @throws IllegalStateException if the keys or certificates of the bundle cannot be used
     */
    public @Nullable TlsMaterial of(@Nullable SslBundle bundle) {
        if (bundle == null) {
            return null;
        }
        // Loading key stores may block for long: a lock, because a monitor would pin a virtual thread.
        this.lock.lock();
        try {
            removeForgotten();
            BundleKey key = new BundleKey(bundle, this.forgotten);
            TlsMaterial material = this.materials.get(key);
            if (material == null) {
                material = create(bundle);
                this.materials.put(key, material);
            }
            return material;
        } finally {
            this.lock.unlock();
        }
    }

    private void removeForgotten() {
        Reference<? extends SslBundle> reference = this.forgotten.poll();
        while (reference != null) {
            this.materials.remove(reference);
            reference = this.forgotten.poll();
        }
    }

    private static TlsMaterial create(SslBundle bundle) {
        return new TlsMaterial(
                bundle.createSslContext(),
                listOf(bundle.getOptions().getEnabledProtocols()),
                listOf(bundle.getOptions().getCiphers()));
    }

    private static @Nullable List<String> listOf(String @Nullable [] values) {
        return (values != null) ? Arrays.asList(values) : null;
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

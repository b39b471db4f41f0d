// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Finds out what a bundle is called: settings carry bundles without their names, and Spring Boot's own settings carry the
 * one that was registered first for as long as the application runs. Thread-safe.
 */
final class RegisteredBundles {

    private final SslBundles bundles;

    /** Of those that were registered; who replaces one is not asked for its name before it is used. */
    private final BundleMap<String> names = new BundleMap<>();

    RegisteredBundles(@Nullable SslBundles bundles) {
        this.bundles = (bundles != null) ? bundles : new DefaultSslBundleRegistry();
        BundleMap<String> known = this.names;
        this.bundles.addBundleRegisterHandler((name, bundle) -> known.put(bundle, name));
        this.bundles.getBundleNames().forEach(name -> known.put(this.bundles.getBundle(name), name));
    }

    /** {@return the name of the bundle, {@code null} if it is not registered, and was not when the application started} */
    @Nullable
    String nameOf(SslBundle bundle) {
        String known = this.names.get(bundle);
        return (known != null)
                ? known
                : this.bundles.getBundleNames().stream()
                        .filter(name -> this.bundles.getBundle(name) == bundle)
                        .findFirst()
                        .orElse(null);
    }

    /** {@return the bundle that has the name now} */
    SslBundle current(String name) {
        return this.bundles.getBundle(name);
    }

    /** Has a handler called whenever the bundle is replaced. Spring Boot never lets go of it. */
    void onUpdate(String name, Consumer<SslBundle> handler) {
        this.bundles.addBundleUpdateHandler(name, handler);
    }
}

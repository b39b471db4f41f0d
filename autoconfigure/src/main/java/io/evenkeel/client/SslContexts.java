// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.ReloadResult;
import io.evenkeel.transport.ConnectionPools;
import io.evenkeel.transport.spec.TlsMaterial;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * One {@link TlsMaterial}, hence one {@code SSLContext} with one session cache at a time, for each SSL bundle, made at the
 * first build that uses the bundle.
 *
 * <p>A registered bundle keeps its material when it is replaced: the clients that exist go on with what the new one holds,
 * and so do those that are built later with the old one. A replacement that cannot be used changes nothing. A bundle that
 * is not registered is never replaced, and forgotten with its last user. Thread-safe.
 */
public final class SslContexts {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final ConnectionPools pools;
    private final ConnectionListener listener;
    private final RegisteredBundles registered;
    private final BundleMap<TlsMaterial> materials = new BundleMap<>();

    private final ReentrantLock lock = new ReentrantLock();

    /** Of registered bundles by name. Guarded by {@code lock}. */
    private final Map<String, Followed> followed = new HashMap<>();

    /**
     * @param pools where connections are that may have to be closed after a reload
     * @param listener hears of reloads
     * @param bundles where bundles have their names and are replaced, {@code null} if nowhere
     */
    public SslContexts(ConnectionPools pools, ConnectionListener listener, @Nullable SslBundles bundles) {
        this.pools = pools;
        this.listener = listener;
        this.registered = new RegisteredBundles(bundles);
    }

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
        TlsMaterial known = this.materials.get(bundle);
        return (known != null) ? known : firstUse(bundle);
    }

    private TlsMaterial firstUse(SslBundle bundle) {
        String name = this.registered.nameOf(bundle);
        TlsMaterial material;
        String toFollow = null;
        // Loading key stores may block for long: a lock, because a monitor would pin a virtual thread.
        this.lock.lock();
        try {
            Followed known = (name != null) ? this.followed.get(name) : null;
            material = (known != null) ? known.material() : this.materials.get(bundle);
            if (material == null) {
                material = create(bundle);
                if (name != null) {
                    this.followed.put(name, new Followed(material, BundleCheck.hasKey(bundle)));
                    toFollow = name;
                }
            }
            this.materials.put(bundle, material);
        } finally {
            this.lock.unlock();
        }
        if (toFollow != null) {
            follow(toFollow, bundle);
        }
        return material;
    }

    private void follow(String name, SslBundle bundle) {
        this.registered.onUpdate(name, new UpdateHandler(name, new WeakReference<>(this)));
        SslBundle current = this.registered.current(name);
        if (current != bundle) {
            // It was replaced before anybody used it.
            updated(name, current);
        }
    }

    private void updated(String name, SslBundle announced) {
        Throwable failure = null;
        this.lock.lock();
        try {
            Followed known = this.followed.get(name);
            if (known == null) {
                return;
            }
            this.materials.put(announced, known.material());
            // Two that come at the same time may be announced in the wrong order.
            SslBundle bundle = this.registered.current(name);
            this.materials.put(bundle, known.material());
            SSLContext context = bundle.createSslContext();
            BundleCheck.check(bundle, context, known.hasKey());
            known.material().replace(context, protocols(bundle), ciphers(bundle));
        } catch (RuntimeException | Error ex) {
            // Thrown on, it would keep the news from the others that want to hear it, and end with the watch of files.
            failure = ex;
        } finally {
            this.lock.unlock();
        }
        if (failure == null) {
            log.info(
                    "SSL bundle '{}' was reloaded. New TLS handshakes use it; connections from before are not used again.",
                    name);
            this.listener.tlsReloaded(name, ReloadResult.SUCCESS);
            // Last: a close_notify to a peer that does not read takes its time.
            this.pools.closeOutdated();
        } else {
            log.warn(
                    "SSL bundle '{}' was reloaded, but cannot be used: {}. HTTP clients go on with the former one. "
                            + "Correct its files (spring.ssl.bundle.*.{}), and they are read again if the bundle has "
                            + "reload-on-update.",
                    name,
                    FailureText.of(failure),
                    name);
            this.listener.tlsReloaded(name, ReloadResult.FAILURE);
        }
    }

    private static TlsMaterial create(SslBundle bundle) {
        return new TlsMaterial(bundle.createSslContext(), protocols(bundle), ciphers(bundle));
    }

    private static @Nullable List<String> protocols(SslBundle bundle) {
        return listOf(bundle.getOptions().getEnabledProtocols());
    }

    private static @Nullable List<String> ciphers(SslBundle bundle) {
        return listOf(bundle.getOptions().getCiphers());
    }

    private static @Nullable List<String> listOf(String @Nullable [] values) {
        return (values != null) ? Arrays.asList(values) : null;
    }

    /**
     * What is known of a name.
     *
     * @param hasKey whether the first bundle of the name had a private key: without one it worked, too
     */
    private record Followed(TlsMaterial material, boolean hasKey) {}

    /** One for each name: what it refers to may end before the registry does, which is another context's then. */
    private record UpdateHandler(String name, WeakReference<SslContexts> contexts) implements Consumer<SslBundle> {

        @Override
        public void accept(SslBundle bundle) {
            SslContexts alive = this.contexts.get();
            if (alive != null) {
                alive.updated(this.name, bundle);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.spec;

import io.evenkeel.transport.ConnectionPools;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What TLS handshakes are made with. Compared by identity: connections and TLS sessions are shared by the clients that
 * hold the same object, and by no others.
 *
 * <p>Its content can be replaced. Handshakes that begin later are made with the new context, which knows no session of
 * the old one: trust that was swapped inside of one context would leave a hole, since a TLS 1.3 connection in use can
 * still receive a session ticket, and a resumed session is not checked again. Thread-safe.
 */
public final class TlsMaterial {

    private volatile TlsGeneration generation;

    /**
     * @param context trust, identity and session cache
     * @param protocols protocols to offer, {@code null} for those of the context
     * @param ciphers cipher suites to offer, {@code null} for those of the context
     */
    public TlsMaterial(SSLContext context, @Nullable List<String> protocols, @Nullable List<String> ciphers) {
        this.generation = new TlsGeneration(context, protocols, ciphers);
    }

    /**
     * Replaces everything. Connections that were opened before are not used again;
     * {@link ConnectionPools#closeOutdated()} closes those that are idle. Not to be called by two threads at a time.
     *
     * @param context trust, identity and session cache, used nowhere before
     * @param protocols protocols to offer, {@code null} for those of the context
     * @param ciphers cipher suites to offer, {@code null} for those of the context
     */
    public void replace(SSLContext context, @Nullable List<String> protocols, @Nullable List<String> ciphers) {
        TlsGeneration former = this.generation;
        this.generation = new TlsGeneration(context, protocols, ciphers);
        former.supersede();
    }

    /** {@return what a handshake that begins now is made with} */
    public TlsGeneration generation() {
        return this.generation;
    }

    /** {@return a strategy that follows the replacements} */
    public TlsSocketStrategy strategy() {
        return (socket, target, port, attachment, context) ->
                this.generation.strategy().upgrade(socket, target, port, attachment, context);
    }
}

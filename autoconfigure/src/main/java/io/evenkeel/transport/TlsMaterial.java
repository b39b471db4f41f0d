// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS handshake is made with. Compared by identity: connections and TLS sessions are shared by the clients that
 * hold the same object, and by no others. Thread-safe.
 */
public final class TlsMaterial {

    private final SSLContext context;
    private final @Nullable List<String> protocols;
    private final @Nullable List<String> ciphers;

    /**
     * @param context trust, identity and session cache
     * @param protocols protocols to offer, {@code null} for those of the context
     * @param ciphers cipher suites to offer, {@code null} for those of the context
     */
    public TlsMaterial(SSLContext context, @Nullable List<String> protocols, @Nullable List<String> ciphers) {
        this.context = context;
        this.protocols = (protocols != null) ? List.copyOf(protocols) : null;
        this.ciphers = (ciphers != null) ? List.copyOf(ciphers) : null;
    }

    TlsSocketStrategy strategy() {
        return new DefaultClientTlsStrategy(
                this.context,
                (this.protocols != null) ? this.protocols.toArray(String[]::new) : null,
                (this.ciphers != null) ? this.ciphers.toArray(String[]::new) : null,
                null,
                new DefaultHostnameVerifier());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.spec;

import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.jspecify.annotations.Nullable;

/** What handshakes are made with from one reload to the next. Thread-safe. */
public final class TlsGeneration {

    private final TlsSocketStrategy strategy;
    private volatile boolean superseded;

    TlsGeneration(SSLContext context, @Nullable List<String> protocols, @Nullable List<String> ciphers) {
        // The verifier must be given: with a policy and none, the strategy verifies no host name at all.
        this.strategy = new DefaultClientTlsStrategy(
                context, array(protocols), array(ciphers), null, new DefaultHostnameVerifier());
    }

    private static String @Nullable [] array(@Nullable List<String> values) {
        return (values != null) ? values.toArray(String[]::new) : null;
    }

    TlsSocketStrategy strategy() {
        return this.strategy;
    }

    /** {@return whether there is a newer one} Connections of this one are not used again then. */
    public boolean isSuperseded() {
        return this.superseded;
    }

    void supersede() {
        this.superseded = true;
    }
}

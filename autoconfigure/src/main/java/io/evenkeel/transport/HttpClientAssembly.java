// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Prepares one {@code HttpClientBuilder}. Used for one build, in the order of its methods.
 */
public final class HttpClientAssembly {

    HttpClientAssembly() {}

    /** {@return the TLS strategy of the client; the argument is ignored, it is there for method references} */
    public @Nullable TlsSocketStrategy tlsStrategy(@Nullable Object bundle) {
        return null;
    }

    /** Sets what a user's customizer may replace. Called before the customizers. */
    public void applyDefaults(HttpClientBuilder builder) {}

    /**
     * Puts the client on its pool. Called after the customizers.
     *
     * @param builder the builder to complete
     * @param customized whether a user's customizer touched the builder that made the connection manager: then that
     *     manager goes on dialing
     */
    public void attach(HttpClientBuilder builder, boolean customized) {}
}

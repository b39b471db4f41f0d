// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.util.function.Consumer;
import org.apache.hc.client5.http.config.RequestConfig;
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

    /** Sets what a request may replace, such as the wait for a connection. Called before the users' customizers. */
    public void applyRequestDefaults(RequestConfig.Builder builder) {}

    /** Sets what a user's customizer may replace. Called before the customizers. */
    public void applyDefaults(HttpClientBuilder builder) {}

    /**
     * Gives what puts the client on its pool, to be called after the customizers.
     *
     * @param customized whether a user's customizer touched the builder that made the connection manager: then that
     *     manager goes on dialing
     * @return completes the builder
     */
    public Consumer<HttpClientBuilder> attaching(boolean customized) {
        return builder -> attach(builder, customized);
    }

    private void attach(HttpClientBuilder builder, boolean customized) {}
}

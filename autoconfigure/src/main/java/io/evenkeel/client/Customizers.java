// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.List;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.util.LambdaSafe;

/** The application's customizers of Spring Boot's builder. Those of builders of another type are passed over. */
final class Customizers {

    private final List<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers;

    Customizers(List<? extends ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
        this.customizers = List.copyOf(customizers);
    }

    /**
     * Applies all that fit.
     *
     * @return the same object if none changed anything
     */
    HttpComponentsClientHttpRequestFactoryBuilder customize(HttpComponentsClientHttpRequestFactoryBuilder builder) {
        Invocation invocation = new Invocation(builder);
        invocation.invokeAll(this.customizers);
        return invocation.result();
    }

    private static final class Invocation {

        private ClientHttpRequestFactoryBuilder<?> current;

        Invocation(ClientHttpRequestFactoryBuilder<?> initial) {
            this.current = initial;
        }

        @SuppressWarnings("unchecked")
        void invokeAll(List<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
            LambdaSafe.callbacks(ClientHttpRequestFactoryBuilderCustomizer.class, customizers, this.current)
                    .invoke(customizer -> this.current = customizer.customize(this.current));
        }

        HttpComponentsClientHttpRequestFactoryBuilder result() {
            if (this.current instanceof HttpComponentsClientHttpRequestFactoryBuilder builder) {
                return builder;
            }
            throw new IllegalStateException(
                    "A ClientHttpRequestFactoryBuilderCustomizer turned Spring Boot's builder for"
                            + " Apache HttpClient into a "
                            + this.current.getClass().getName()
                            + ": declare a ClientHttpRequestFactoryBuilder bean to replace the builder");
        }
    }
}

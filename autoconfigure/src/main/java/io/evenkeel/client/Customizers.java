// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.List;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.util.LambdaSafe;

/** The application's customizers of Spring Boot's builder. Those of builders of another type are passed over. */
record Customizers(List<? extends ClientHttpRequestFactoryBuilderCustomizer<?>> all) {

    Customizers {
        all = List.copyOf(all);
    }

    /**
     * Applies all that fit.
     *
     * @return the same object if none changed anything
     */
    @SuppressWarnings("unchecked")
    HttpComponentsClientHttpRequestFactoryBuilder customize(HttpComponentsClientHttpRequestFactoryBuilder builder) {
        ClientHttpRequestFactoryBuilder<?>[] current = {builder};
        LambdaSafe.callbacks(ClientHttpRequestFactoryBuilderCustomizer.class, this.all, current[0])
                .invoke(customizer -> current[0] = customizer.customize(current[0]));
        if (current[0] instanceof HttpComponentsClientHttpRequestFactoryBuilder customized) {
            return customized;
        }
        throw new IllegalStateException(
                "A ClientHttpRequestFactoryBuilderCustomizer turned Spring Boot's builder for Apache HttpClient into a "
                        + current[0].getClass().getName()
                        + ": declare a ClientHttpRequestFactoryBuilder bean to replace the builder");
    }
}

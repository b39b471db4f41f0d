// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;

/** What a native image has to know for {@code Settings}, which binds a type of Spring Boot by itself. */
final class ClientRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        BindableRuntimeHintsRegistrar.forTypes(HttpClientProperties.class).registerHints(hints, classLoader);
    }
}

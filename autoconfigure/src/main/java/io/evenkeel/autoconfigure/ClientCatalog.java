// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.env.Environment;

/** All clients below {@code evenkeel.clients}. */
final class ClientCatalog {

    private final ClientReader reader;
    private final Map<String, ConfiguredClient> clients = new LinkedHashMap<>();

    ClientCatalog(Environment environment) {
        this.reader = new ClientReader(environment);
        ClientNames.of(environment).forEach(name -> this.clients.put(name, this.reader.read(name)));
    }

    Collection<ConfiguredClient> clients() {
        return this.clients.values();
    }

    /**
     * Finds a client. The names of an application that was processed ahead of time are fixed, its properties are not: one
     * of which the properties say nothing any more has the settings of all.
     */
    ConfiguredClient get(String name) {
        ConfiguredClient client = this.clients.get(name);
        return (client != null) ? client : this.reader.read(name);
    }

    /** {@return the client of an HTTP service group, which is the one of the same name in any spelling} */
    Optional<ConfiguredClient> ofGroup(String group) {
        return this.clients.values().stream()
                .filter(client -> ClientNames.same(client.name(), group))
                .findFirst();
    }
}

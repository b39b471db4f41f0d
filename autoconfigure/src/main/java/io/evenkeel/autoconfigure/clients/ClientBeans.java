// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.autoconfigure.validation.EditDistance;
import io.evenkeel.client.NamedClients;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.web.client.RestClient;

/** The beans that {@link ClientRegistrar} registers, or what the application has in their place. */
final class ClientBeans implements NamedClients {

    private final BeanFactory beanFactory;
    private final ClientFactory factory;
    private final Set<String> names;

    ClientBeans(BeanFactory beanFactory, ClientFactory factory, Settings settings) {
        this.beanFactory = beanFactory;
        this.factory = factory;
        // An application that was processed ahead of time has no beans for names that are new.
        this.names = Collections.unmodifiableSet(settings.clients().stream()
                .map(ClientProperties::name)
                .filter(name -> beanFactory.containsBean(ClientNames.bean(name)))
                .collect(Collectors.<String, Set<String>>toCollection(LinkedHashSet::new)));
    }

    @Override
    public RestClient get(String name) {
        return this.beanFactory.getBean(ClientNames.bean(known(name)), RestClient.class);
    }

    @Override
    public RestClient.Builder builder(String name) {
        return this.factory.builder(known(name));
    }

    @Override
    public Set<String> names() {
        return this.names;
    }

    private String known(String name) {
        if (!this.names.contains(name)) {
            throw new IllegalArgumentException("There is no client '%s' below '%s'. %s"
                    .formatted(
                            name, ClientNames.PREFIX, this.names.isEmpty() ? "There is none at all." : suggest(name)));
        }
        return name;
    }

    private String suggest(String name) {
        String all = "There are: %s.".formatted(String.join(", ", this.names));
        return EditDistance.closest(name, this.names)
                .map(known -> "Did you mean '%s'? %s".formatted(known, all))
                .orElse(all);
    }
}

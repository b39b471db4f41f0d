// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * Gives an HTTP service group what is written for the client of its name. Spring Boot has applied its own properties
 * before (at {@code HIGHEST_PRECEDENCE + 10}); the application's customizers come later (at 0).
 */
final class ClientGroupConfigurer implements RestClientHttpServiceGroupConfigurer {

    private final ClientCatalog catalog;
    private final ClientFactory factory;

    ClientGroupConfigurer(ClientCatalog catalog, ClientFactory factory) {
        this.catalog = catalog;
        this.factory = factory;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 20;
    }

    @Override
    public void configureGroups(Groups<RestClient.Builder> groups) {
        groups.forEachClient((group, builder) ->
                this.catalog.ofGroup(group.name()).ifPresent(client -> this.factory.configure(builder, client)));
    }
}

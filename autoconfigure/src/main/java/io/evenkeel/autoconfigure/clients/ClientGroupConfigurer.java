// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.Settings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * Gives an HTTP service group what is written for the client of its name. Spring Boot has applied its own properties
 * before (at {@code HIGHEST_PRECEDENCE + 10}); the application's customizers come later (at 0).
 */
final class ClientGroupConfigurer implements RestClientHttpServiceGroupConfigurer {

    private final Settings settings;
    private final ClientFactory factory;
    private final ObjectProvider<BaseUrls> baseUrls;

    ClientGroupConfigurer(Settings settings, ClientFactory factory, ObjectProvider<BaseUrls> baseUrls) {
        this.settings = settings;
        this.factory = factory;
        this.baseUrls = baseUrls;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 20;
    }

    @Override
    public void configureGroups(Groups<RestClient.Builder> groups) {
        groups.forEachClient((group, builder) -> {
            this.baseUrls.ifAvailable(urls -> urls.group(group.name()));
            this.settings.ofGroup(group.name()).ifPresent(client -> this.factory.configure(builder, client));
        });
    }
}

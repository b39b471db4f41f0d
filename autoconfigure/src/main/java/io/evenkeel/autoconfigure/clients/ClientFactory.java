// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.Settings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.http.client.autoconfigure.PropertiesApiVersionInserter;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.web.client.RestClient;

/** Makes the clients below {@code evenkeel.clients}: as Spring Boot makes its own, with what is written for them. */
final class ClientFactory {

    private final Settings settings;
    private final ClientRequestFactories requestFactories;
    private final ObjectProvider<RestClientCustomizer> customizers;

    /** @throws org.springframework.boot.ssl.NoSuchSslBundleException if a client names an SSL bundle that is not there */
    ClientFactory(
            Settings settings,
            ClientRequestFactories requestFactories,
            ObjectProvider<RestClientCustomizer> customizers) {
        this.settings = settings;
        this.requestFactories = requestFactories;
        this.customizers = customizers;
        settings.clients().forEach(requestFactories::check);
    }

    /** {@return a client, with connections of its own} */
    RestClient create(String name) {
        return builder(name).build();
    }

    /** {@return a new builder for a client} */
    RestClient.Builder builder(String name) {
        RestClient.Builder builder = RestClient.builder();
        configure(builder, this.settings.client(name));
        // Later than the request factory: in a test, one of them replaces it by a mock server.
        this.customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder;
    }

    /** Sets all but what the application's customizers set. */
    void configure(RestClient.Builder builder, ClientProperties client) {
        builder.requestFactory(this.requestFactories.create(client));
        builder.requestInitializer(
                request -> request.getAttributes().put(ClientNameObservationFilter.ATTRIBUTE, client.name()));
        HttpClientProperties http = client.http();
        PropertyMapper map = PropertyMapper.get();
        map.from(http::getBaseUrl).whenHasText().to(builder::baseUrl);
        builder.defaultHeaders(headers -> headers.putAll(http.getDefaultHeader()));
        map.from(http.getApiversion()::getDefaultVersion).to(builder::defaultApiVersion);
        builder.apiVersionInserter(
                PropertiesApiVersionInserter.get(http.getApiversion().getInsert()));
    }
}

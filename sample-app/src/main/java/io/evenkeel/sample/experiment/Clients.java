// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.upstream.Side;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.restclient.autoconfigure.RestClientSsl;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Makes the clients that are compared. Evenkeel's is what any application gets: the injected builder, nothing set.
 * The stock one is the same builder on a request factory of Boot's own, for the same Apache HttpClient.
 *
 * <p>To be fair to the stock client it has the same timeouts, from {@code spring.http.clients}, where it would have no
 * read timeout at all by default, and it is closed as soon as it is no longer needed.
 */
@Component
class Clients {

    private static final String BUNDLE = "upstream";

    private final ObjectProvider<RestClient.Builder> builders;
    private final ClientHttpRequestFactoryBuilder<?> requestFactories;
    private final HttpClientSettings settings;
    private final RestClientSsl restClientSsl;
    private final SslBundles bundles;

    Clients(
            ObjectProvider<RestClient.Builder> builders,
            ClientHttpRequestFactoryBuilder<?> requestFactories,
            HttpClientSettings settings,
            RestClientSsl restClientSsl,
            SslBundles bundles) {
        this.builders = builders;
        this.requestFactories = requestFactories;
        this.settings = settings;
        this.restClientSsl = restClientSsl;
        this.bundles = bundles;
    }

    SampleClient open(Side side) {
        return (side == Side.STOCK) ? stock(settings) : evenkeel(builder -> {});
    }

    SampleClient openTls(Side side) {
        return (side == Side.STOCK)
                ? stock(settings.withSslBundle(bundles.getBundle(BUNDLE)))
                : evenkeel(restClientSsl.fromBundle(BUNDLE));
    }

    /** {@return the class that makes the connections of the injected builder} */
    Class<?> transport() {
        return requestFactories.getClass();
    }

    /** {@return the settings of both sides} */
    HttpClientSettings settings() {
        return settings;
    }

    private SampleClient stock(HttpClientSettings settings) {
        HttpComponentsClientHttpRequestFactory factory =
                ClientHttpRequestFactoryBuilder.httpComponents().build(settings);
        RestClient client = builders.getObject().requestFactory(factory).build();
        return new SampleClient(client, () -> close(factory));
    }

    private SampleClient evenkeel(Consumer<RestClient.Builder> ssl) {
        return new SampleClient(builders.getObject().apply(ssl).build(), () -> {});
    }

    private static void close(HttpComponentsClientHttpRequestFactory factory) {
        try {
            factory.destroy();
        } catch (Exception ex) {
            throw new IllegalStateException("The stock client could not be closed", ex);
        }
    }

    /** A client and what there is to do when it is no longer needed. */
    record SampleClient(RestClient http, Runnable closing) implements AutoCloseable {

        @Override
        public void close() {
            closing.run();
        }
    }
}

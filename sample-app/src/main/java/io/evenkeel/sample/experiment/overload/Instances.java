// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.overload;

import io.evenkeel.client.NamedClients;
import io.evenkeel.sample.upstream.Side;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.core.env.Environment;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * The instances of an application. Those of Evenkeel use the clients {@code overload-1} and so on of the properties, which have
 * nothing set but the read timeout and {@code retry.enabled}. The stock ones do what is often done: a {@code RetryTemplate} of
 * Spring Framework around the call.
 *
 * <p>So that only the retries differ, the stock clients have the same read timeout and may open as many connections (HttpClient's 5
 * would keep most of the load away from the server), and HttpClient's own retries, which would double their load, are off.
 */
@Component
class Instances {

    private static final int COUNT = 3;
    private static final int CONNECTIONS = 100;
    private static final String NAME = "overload-";

    private final NamedClients namedClients;
    private final ObjectProvider<RestClient.Builder> builders;
    private final HttpClientSettings settings;

    Instances(
            NamedClients namedClients,
            ObjectProvider<RestClient.Builder> builders,
            HttpClientSettings settings,
            Environment environment) {
        this.namedClients = namedClients;
        this.builders = builders;
        this.settings = settings.withReadTimeout(
                environment.getRequiredProperty("evenkeel.clients." + NAME + "1.read-timeout", Duration.class));
    }

    List<Instance> open(Side side) {
        return IntStream.rangeClosed(1, COUNT)
                .mapToObj(number -> (side == Side.STOCK) ? stock() : evenkeel(number))
                .toList();
    }

    private Instance stock() {
        HttpComponentsClientHttpRequestFactory factory = ClientHttpRequestFactoryBuilder.httpComponents()
                .withConnectionManagerCustomizer(
                        pool -> pool.setMaxConnPerRoute(CONNECTIONS).setMaxConnTotal(CONNECTIONS))
                .withHttpClientCustomizer(HttpClientBuilder::disableAutomaticRetries)
                .build(settings);
        RestClient client = builders.getObject().requestFactory(factory).build();
        // As it comes: three retries, each after a second, whatever failed.
        RetryTemplate retry = new RetryTemplate();
        return new Instance(uri -> retry.invoke(() -> get(client, uri)), () -> close(factory));
    }

    private Instance evenkeel(int number) {
        RestClient client = namedClients.get(NAME + number);
        return new Instance(uri -> get(client, uri), () -> {});
    }

    private static void get(RestClient client, URI uri) {
        client.get().uri(uri).retrieve().toBodilessEntity();
    }

    private static void close(HttpComponentsClientHttpRequestFactory factory) {
        try {
            factory.destroy();
        } catch (Exception ex) {
            throw new IllegalStateException("The stock client could not be closed", ex);
        }
    }
}

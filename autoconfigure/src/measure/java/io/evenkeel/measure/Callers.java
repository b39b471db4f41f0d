// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import io.evenkeel.race.RaceClients;
import io.evenkeel.testing.TestTls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.util.Timeout;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** The clients that are compared, each as it comes, but for trust and a read timeout of 30 seconds for all. */
final class Callers implements AutoCloseable {

    static final String STOCK = "stock";

    static final String EVENKEEL = "Evenkeel";

    private static final int MOST_CONNECTIONS = 200;

    private final CloseableHttpClient httpClient;
    private final RaceClients stock;
    private final RaceClients jdk;
    private final RaceClients evenkeel;
    private final RaceClients bounded;
    private final RaceClients retrying;

    Callers() {
        this.httpClient = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(TestTls.clientContext()))
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setSocketTimeout(Timeout.ofSeconds(30))
                                .build())
                        .setMaxConnTotal(MOST_CONNECTIONS)
                        .setMaxConnPerRoute(MOST_CONNECTIONS)
                        .build())
                .build();
        this.stock = RaceClients.start(false, Map.of());
        this.jdk = RaceClients.start(false, Map.of("spring.http.clients.imperative.factory", "jdk"));
        // What callers keep at the same time is kept, as the others do.
        this.evenkeel = RaceClients.start(true, Map.of("evenkeel.pool.max-size", MOST_CONNECTIONS));
        this.bounded = RaceClients.start(
                true, Map.of("evenkeel.pool.max-size", MOST_CONNECTIONS, "evenkeel.call-timeout", "30s"));
        this.retrying = RaceClients.start(
                true, Map.of("evenkeel.pool.max-size", MOST_CONNECTIONS, "evenkeel.retry.enabled", "true"));
    }

    /** {@return by name, in the order of the tables} */
    Map<String, Caller> of(Exchanged exchanged, String url)
            throws ReflectiveOperationException, GeneralSecurityException {
        Map<String, Caller> callers = new LinkedHashMap<>();
        callers.put("raw socket", new RawCaller(exchanged, url));
        callers.put("HttpClient 5", ofHttpClient(exchanged, url));
        callers.put(STOCK, ofSpring(this.stock.build(), exchanged, url));
        callers.put("stock, JDK's client", ofSpring(this.jdk.build(), exchanged, url));
        if (OkHttpCaller.isPresent()) {
            callers.put("OkHttp", new OkHttpCaller(exchanged, url));
        }
        callers.put(EVENKEEL, ofSpring(this.evenkeel.build(), exchanged, url));
        callers.put(EVENKEEL + " with call-timeout", ofSpring(this.bounded.build(), exchanged, url));
        callers.put(EVENKEEL + " with retries", ofSpring(this.retrying.build(), exchanged, url));
        return callers;
    }

    private Caller ofHttpClient(Exchanged exchanged, String url) {
        HttpClientResponseHandler<Integer> reading = (exchanged == Exchanged.STREAM)
                ? response -> Caller.drain(response.getEntity().getContent())
                : response -> EntityUtils.toByteArray(response.getEntity()).length;
        return () -> this.httpClient.execute(request(exchanged, url), reading);
    }

    private static ClassicHttpRequest request(Exchanged exchanged, String url) {
        return (exchanged == Exchanged.UPLOAD)
                ? ClassicRequestBuilder.post(url)
                        .setEntity(Exchanged.SENT, ContentType.APPLICATION_OCTET_STREAM)
                        .build()
                : ClassicRequestBuilder.get(url).build();
    }

    private static Caller ofSpring(RestClient client, Exchanged exchanged, String url) {
        return switch (exchanged) {
            case BYTES -> () -> lengthOf(client.get().uri(url).retrieve().body(byte[].class));
            case JSON ->
                () -> {
                    client.get().uri(url).retrieve().body(Document.class);
                    return 0;
                };
            case UPLOAD ->
                () -> lengthOf(client.post()
                        .uri(url)
                        .contentType(MediaType.APPLICATION_OCTET_STREAM)
                        .body(Exchanged.SENT)
                        .retrieve()
                        .body(byte[].class));
            case STREAM ->
                () -> client.get()
                        .uri(url)
                        .exchangeForRequiredValue((request, response) -> Caller.drain(response.getBody()));
        };
    }

    private static int lengthOf(byte[] read) {
        return read.length;
    }

    @Override
    public void close() throws IOException {
        this.bounded.close();
        this.retrying.close();
        this.evenkeel.close();
        this.jdk.close();
        this.stock.close();
        this.httpClient.close();
    }

    /** What travels as JSON. */
    public record Document(String text, int number) {}
}

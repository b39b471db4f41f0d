// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelRestClientAutoConfiguration;
import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.testing.TestTls;
import io.evenkeel.transport.ConnectionPools;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.apache.hc.client5.http.classic.HttpClient;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.client.RestClient;

/**
 * One application's client, as it is injected, and the {@link HttpClient} below it. Its pool has few places, so that one
 * that is lost is missed. Thread-safe.
 */
final class SoakClient implements AutoCloseable {

    static final Duration MOST_IDLE = Duration.ofSeconds(1);

    private static final Duration READ_TIMEOUT = Duration.ofMillis(300);
    private static final Duration PATIENT_READ_TIMEOUT = Duration.ofSeconds(20);

    private final AnnotationConfigApplicationContext application = new AnnotationConfigApplicationContext();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean closing;
    private final ConnectionPools pools;
    private final HttpClient http;
    private final RestClient rest;
    private final RestClient patient;

    SoakClient() {
        this.application.getEnvironment().getPropertySources().addFirst(new MapPropertySource("soak", properties()));
        this.application.register(Application.class);
        this.application.refresh();
        this.pools = this.application.getBean(ConnectionPools.class);
        EvenkeelRequestFactoryBuilder factories = this.application.getBean(EvenkeelRequestFactoryBuilder.class);
        HttpClientSettings settings = this.application.getBean(HttpClientSettings.class);
        this.http = factories.build(settings).getHttpClient();
        RestClient.Builder builder = this.application.getBean(RestClient.Builder.class);
        this.rest = builder.clone().build();
        this.patient = builder.clone()
                .requestFactory(factories.build(
                        settings.withConnectTimeout(PATIENT_READ_TIMEOUT).withReadTimeout(PATIENT_READ_TIMEOUT)))
                .build();
    }

    private static Map<String, Object> properties() {
        return Map.of(
                "spring.ssl.bundle.jks.soak.truststore.location",
                TestTls.TRUST_STORE,
                "spring.ssl.bundle.jks.soak.truststore.password",
                TestTls.PASSWORD,
                "spring.http.clients.ssl.bundle",
                "soak",
                "spring.http.clients.connect-timeout",
                "500ms",
                "spring.http.clients.read-timeout",
                READ_TIMEOUT.toMillis() + "ms",
                "evenkeel.pool.max-size",
                "2",
                "evenkeel.pool.max-overflow",
                "6",
                "evenkeel.pool.acquire-timeout",
                "2s",
                "evenkeel.pool.idle-timeout",
                MOST_IDLE.toMillis() + "ms",
                "evenkeel.pool.max-idle-timeout",
                MOST_IDLE.toMillis() + "ms");
    }

    RestClient rest() {
        return this.rest;
    }

    /** {@return a client of the same pool whose calls may take long: those of a server without a fault must not fail} */
    RestClient patient() {
        return this.patient;
    }

    HttpClient http() {
        return this.http;
    }

    /** A call begins, which holds a connection, or an answer, until {@link #ended}. */
    void begun() {
        this.calls.incrementAndGet();
    }

    void ended() {
        this.calls.decrementAndGet();
    }

    /** {@return calls that are under way, with those whose answer somebody still means to close} */
    int calls() {
        return this.calls.get();
    }

    int leased() {
        return sum(RouteSnapshot::active);
    }

    int waiting() {
        return sum(RouteSnapshot::pending);
    }

    int idle() {
        return sum(RouteSnapshot::idle);
    }

    private int sum(ToIntFunction<RouteSnapshot> number) {
        return routes().stream().mapToInt(number).sum();
    }

    List<RouteSnapshot> routes() {
        return this.pools.snapshot().stream()
                .flatMap(pool -> pool.routes().stream())
                .toList();
    }

    /** {@return whether a call may fail because the client is closed} */
    boolean isClosing() {
        return this.closing;
    }

    @Override
    public void close() {
        this.closing = true;
        this.application.close();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SslAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        HttpClientAutoConfiguration.class,
        ImperativeHttpClientAutoConfiguration.class,
        RestClientAutoConfiguration.class,
        EvenkeelAutoConfiguration.class,
        EvenkeelRestClientAutoConfiguration.class
    })
    static class Application {}
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelCircuitBreakerAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelMetricsAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelRestClientAutoConfiguration;
import io.evenkeel.testing.TestTls;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.client.RestClient;

/**
 * Clients as an application gets them: from the injected {@code RestClient.Builder}, configured by properties. The
 * stock ones are those of the same application without Evenkeel.
 */
public final class RaceClients implements AutoCloseable {

    private final AnnotationConfigApplicationContext application = new AnnotationConfigApplicationContext();
    private final boolean evenkeel;

    private RaceClients(boolean evenkeel, Map<String, Object> properties) {
        this.evenkeel = evenkeel;
        this.application.getEnvironment().getPropertySources().addFirst(new MapPropertySource("race", properties));
        this.application.register(Application.class);
        this.application.refresh();
    }

    /**
     * Starts an application.
     *
     * @param evenkeel whether with Evenkeel; without it, Spring Boot's own builder makes clients of Apache HttpClient
     * @param more properties to set beyond trust in {@link TestTls}
     */
    public static RaceClients start(boolean evenkeel, Map<String, ?> more) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("spring.ssl.bundle.jks.race.truststore.location", TestTls.TRUST_STORE);
        properties.put("spring.ssl.bundle.jks.race.truststore.password", TestTls.PASSWORD);
        properties.put("spring.http.clients.ssl.bundle", "race");
        if (!evenkeel) {
            properties.put("evenkeel.enabled", "false");
            properties.put("spring.http.clients.imperative.factory", "http-components");
            // It has none, and a run has to end. Evenkeel's defaults stay.
            properties.put("spring.http.clients.read-timeout", "30s");
        }
        properties.putAll(more);
        return new RaceClients(evenkeel, properties);
    }

    /** {@return a client that was built for the caller} */
    public RestClient build() {
        return this.application.getBean(RestClient.Builder.class).build();
    }

    boolean isEvenkeel() {
        return this.evenkeel;
    }

    /** {@return the meters of the application} */
    public MeterRegistry meters() {
        return this.application.getBean(MeterRegistry.class);
    }

    /** {@return how many connections Evenkeel's pool handed out: the calls, and one more for each replay} */
    long leases() {
        return sum("evenkeel.connections.acquire", "result", "reused")
                + sum("evenkeel.connections.acquire", "result", "opened");
    }

    /** {@return why Evenkeel closed connections, and how many} */
    Map<String, Long> closed() {
        Map<String, Long> closed = new TreeMap<>();
        for (Timer timer : timers("evenkeel.connections.lifetime")) {
            closed.merge(String.valueOf(timer.getId().getTag("reason")), timer.count(), Long::sum);
        }
        return closed;
    }

    private long sum(String name, String tag, String value) {
        return timers(name).stream()
                .filter(timer -> value.equals(timer.getId().getTag(tag)))
                .mapToLong(Timer::count)
                .sum();
    }

    private Collection<Timer> timers(String name) {
        return meters().find(name).timers();
    }

    @Override
    public void close() {
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
        EvenkeelCircuitBreakerAutoConfiguration.class,
        EvenkeelRestClientAutoConfiguration.class,
        MetricsAutoConfiguration.class,
        SimpleMetricsExportAutoConfiguration.class,
        EvenkeelMetricsAutoConfiguration.class
    })
    static class Application {}
}

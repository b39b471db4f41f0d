// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Handshake;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

/**
 * Prints how many handshakes of a burst of 20 calls resume a session: after one call, and after a burst before. Every
 * connection of a burst is a new one, as it is after a pause. The server is JSSE's, with as many session tickets as it
 * sends by default, or four ({@code -Djdk.tls.server.newSessionTicketCount=4}). Not a test: how many tickets a JVM keeps is
 * the business of the JVM.
 */
public final class ResumptionMeasurement {

    private static final int BURST = 20;

    private ResumptionMeasurement() {}

    /** Prints a table. */
    public static void main(String[] args) throws Exception {
        System.out.println("Java " + System.getProperty("java.version") + ", "
                + System.getProperty("jdk.tls.server.newSessionTicketCount", "default number of") + " tickets");
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            for (int round = 0; round < 3; round++) {
                measure(protocol);
            }
        }
        System.exit(0);
    }

    private static void measure(String protocol) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(BURST);
        CyclicBarrier together = new CyclicBarrier(BURST);
        try (ScriptedServer server = ScriptedServer.https()
                        .protocols(protocol)
                        .byDefault(Answer.ok("ok").header("Connection", "close"))
                        .start();
                ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .logStartupInfo(false)
                        .properties(Map.of(
                                "spring.ssl.bundle.jks.test.truststore.location", TestTls.TRUST_STORE,
                                "spring.ssl.bundle.jks.test.truststore.password", TestTls.PASSWORD,
                                "spring.main.banner-mode", "off"))
                        .run()) {
            RestClient client = RestClient.builder()
                    .requestFactory(context.getBean(ClientHttpRequestFactoryBuilder.class)
                            .build(HttpClientSettings.ofSslBundle(
                                    context.getBean(SslBundles.class).getBundle("test"))))
                    .build();
            Callable<Object> call = () -> {
                together.await();
                return client.get().uri(server.uri("/")).retrieve().toBodilessEntity();
            };
            client.get().uri(server.uri("/")).retrieve().toBodilessEntity();
            List<Long> resumed = new ArrayList<>();
            for (int burst = 0; burst < 2; burst++) {
                int before = server.handshakes().size();
                threads.invokeAll(IntStream.range(0, BURST).mapToObj(i -> call).toList());
                List<Handshake> handshakes = server.handshakes();
                resumed.add(handshakes.subList(before, handshakes.size()).stream()
                        .filter(Handshake::resumed)
                        .count());
            }
            System.out.printf(
                    "%s: %d of %d resumed after one call, %d of %d after that burst%n",
                    protocol, resumed.get(0), BURST, resumed.get(1), BURST);
        } finally {
            threads.shutdownNow();
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SslAutoConfiguration.class,
        HttpClientAutoConfiguration.class,
        ImperativeHttpClientAutoConfiguration.class,
        EvenkeelAutoConfiguration.class
    })
    static class Application {}
}

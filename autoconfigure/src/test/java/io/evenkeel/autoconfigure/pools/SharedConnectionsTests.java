// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import io.evenkeel.transport.ConnectionPools;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientSsl;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** However many clients are built, there is one of each: pool, connection, SSL context, housekeeping thread. */
class SharedConnectionsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void fiftyBuildersFiveServiceGroupsAndARestTemplateShareOneConnection() {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        contextWithGroups(server).run(context -> {
            for (int i = 0; i < 50; i++) {
                RestClient client = context.getBean(RestClient.Builder.class).build();
                client.get().uri(server.uri("/")).retrieve().toBodilessEntity();
            }
            for (Class<? extends Api> api : Groups.APIS) {
                assertThat(context.getBean(api).get()).isEqualTo("ok");
            }
            RestTemplate template = context.getBean(RestTemplateBuilder.class).build();
            assertThat(template.getForObject(server.uri("/"), String.class)).isEqualTo("ok");

            assertThat(server.requests()).hasSize(56);
            assertThat(server.connectionsAccepted()).isEqualTo(1);
            assertThat(context.getBean(ConnectionPools.class).snapshot()).hasSize(1);
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("evenkeel-"))
                    .hasSize(1);
        });
    }

    @Test
    void aHundredClientsOfOneSslBundleMakeOneContextAndResumeItsSessions() {
        ScriptedServer server = this.leaks.server(ScriptedServer.https()
                .byDefault(Answer.ok("ok").header("Connection", "close"))
                .start());
        CountingBundle bundle = new CountingBundle();
        Contexts.plain().run(context -> {
            ClientHttpRequestFactoryBuilder<?> factories = context.getBean(ClientHttpRequestFactoryBuilder.class);
            for (int i = 0; i < 100; i++) {
                ClientHttpRequestFactory factory =
                        factories.build(HttpClientSettings.defaults().withSslBundle(bundle));
                RestClient client = RestClient.builder().requestFactory(factory).build();
                client.get().uri(server.uri("/")).retrieve().toBodilessEntity();
            }

            assertThat(bundle.made).hasValue(1);
            assertThat(server.handshakes()).hasSize(100);
            assertThat(server.handshakes().subList(1, 100)).allMatch(handshake -> handshake.resumed());
        });
    }

    @Test
    void clientsOfDifferentSslBundlesDoNotShareConnections() {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        Contexts.plain()
                .withPropertyValues(
                        "spring.ssl.bundle.jks.one.truststore.location=" + TestTls.TRUST_STORE,
                        "spring.ssl.bundle.jks.one.truststore.password=" + TestTls.PASSWORD,
                        "spring.ssl.bundle.jks.other.truststore.location=" + TestTls.TRUST_STORE,
                        "spring.ssl.bundle.jks.other.truststore.password=" + TestTls.PASSWORD)
                .run(context -> {
                    for (String bundle : new String[] {"one", "other", "one", "other"}) {
                        RestClient client = context.getBean(RestClient.Builder.class)
                                .apply(context.getBean(RestClientSsl.class).fromBundle(bundle))
                                .build();
                        client.get().uri(server.uri("/")).retrieve().toBodilessEntity();
                    }

                    assertThat(server.connectionsAccepted()).isEqualTo(2);
                    assertThat(server.requests()).extracting("connection").containsExactly(0, 1, 0, 1);
                });
    }

    @Test
    void aFilteredClientNeverRidesAConnectionThatAnUnfilteredOneHasOpened() {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        Contexts.plain().run(context -> {
            ClientHttpRequestFactoryBuilder<?> factories = context.getBean(ClientHttpRequestFactoryBuilder.class);
            RestClient open =
                    RestClient.builder().requestFactory(factories.build()).build();
            RestClient filtered = RestClient.builder()
                    .requestFactory(factories.build(
                            HttpClientSettings.defaults().withInetAddressFilter(InetAddressFilter.externalAddresses())))
                    .build();
            open.get().uri(server.uri("/")).retrieve().toBodilessEntity();

            assertThat(catchThrowable(
                            () -> filtered.get().uri(server.uri("/")).retrieve().toBodilessEntity()))
                    .rootCause()
                    .hasMessageContaining("address filter refuses");
            assertThat(server.requests()).hasSize(1);
        });
    }

    private static ApplicationContextRunner contextWithGroups(ScriptedServer server) {
        ApplicationContextRunner runner = Contexts.plain().withUserConfiguration(Groups.class);
        for (String group : new String[] {"a", "b", "c", "d", "e"}) {
            // A timeout of its own is no reason for a connection of its own.
            runner = runner.withPropertyValues(
                    "spring.http.serviceclient." + group + ".base-url=" + server.uri(""),
                    "spring.http.serviceclient." + group + ".read-timeout=" + (20 + group.charAt(0)) + "s");
        }
        return runner;
    }

    interface Api {

        @GetExchange("/")
        String get();
    }

    interface A extends Api {}

    interface B extends Api {}

    interface C extends Api {}

    interface D extends Api {}

    interface E extends Api {}

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "a", types = A.class)
    @ImportHttpServices(group = "b", types = B.class)
    @ImportHttpServices(group = "c", types = C.class)
    @ImportHttpServices(group = "d", types = D.class)
    @ImportHttpServices(group = "e", types = E.class)
    static class Groups {

        static final List<Class<? extends Api>> APIS = List.of(A.class, B.class, C.class, D.class, E.class);
    }

    /** A bundle that trusts the test CA and counts the contexts made of it. */
    static final class CountingBundle implements SslBundle {

        final AtomicInteger made = new AtomicInteger();
        private final SslBundle delegate = SslBundle.of(new JksSslStoreBundle(
                null, new JksSslStoreDetails("PKCS12", null, TestTls.TRUST_STORE, TestTls.PASSWORD)));

        @Override
        public SslStoreBundle getStores() {
            return this.delegate.getStores();
        }

        @Override
        public SslBundleKey getKey() {
            return this.delegate.getKey();
        }

        @Override
        public SslOptions getOptions() {
            return this.delegate.getOptions();
        }

        @Override
        public String getProtocol() {
            return this.delegate.getProtocol();
        }

        @Override
        public SslManagerBundle getManagers() {
            return this.delegate.getManagers();
        }

        @Override
        public SSLContext createSslContext() {
            this.made.incrementAndGet();
            return this.delegate.createSslContext();
        }
    }
}

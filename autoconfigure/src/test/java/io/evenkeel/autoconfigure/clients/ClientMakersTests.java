// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelClientsAutoConfiguration;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.transport.ConnectionPools;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** Who makes the clients with a name: pools of Evenkeel, or what the application has without it. */
class ClientMakersTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer server;

    @BeforeEach
    void startServer() {
        // Stock clients keep their connections for ever, also when the context is closed.
        this.server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> (request.target().equals("/cookie")
                                ? Answer.ok("ok").header("Set-Cookie", "a=b")
                                : Answer.ok("ok"))
                        .header("Connection", "close"))
                .start());
    }

    @Test
    void aClientThatIsSwitchedOffIsStockWithItsSettings() {
        with("enabled=false", "default-header.X-One=written").run(context -> {
            call(context, "/cookie");
            call(context, "/");
            assertThat(this.server.requests().get(1).header("Cookie")).isEqualTo("a=b");
            assertThat(this.server.requests().get(1).header("X-One")).isEqualTo("written");
            assertThat(usedPools(context)).isEmpty();
        });
    }

    @Test
    void aClientThatIsSwitchedOffHasTheCustomizersOfSpringBootsBuilder() {
        with("enabled=false").withUserConfiguration(UserAgent.class).run(context -> {
            call(context, "/");
            assertThat(this.server.requests().get(0).header("User-Agent")).isEqualTo("customized");
        });
    }

    @Test
    void aClientHasTheCustomizersOfSpringBootsBuilder() {
        with().withUserConfiguration(UserAgent.class).run(context -> {
            call(context, "/");
            assertThat(this.server.requests().get(0).header("User-Agent")).isEqualTo("customized");
        });
    }

    @Test
    void theGroupOfAClientThatIsSwitchedOffIsStockToo() {
        with("enabled=false").withUserConfiguration(Services.class).run(context -> {
            context.getBean(Payments.class).get();
            assertThat(usedPools(context)).isEmpty();
        });
    }

    @Test
    void othersAreNotSwitchedOffWithIt() {
        with("enabled=false")
                .withPropertyValues("evenkeel.clients.orders.base-url=" + this.server.uri(""))
                .run(context -> {
                    call(context, "/");
                    context.getBean("ordersRestClient", RestClient.class)
                            .get()
                            .uri("/")
                            .retrieve()
                            .toBodilessEntity();
                    assertThat(context.getBean(ConnectionPools.class).snapshot())
                            .extracting(PoolSnapshot::client)
                            .contains("orders");
                });
    }

    @Test
    void withABuilderOfTheApplicationTheClientsHaveOurPoolsAllTheSame() {
        with().withUserConfiguration(RefusingBuilder.class).run(context -> {
            assertThat(call(context, "/")).isEqualTo("ok");
            assertThat(context.getBean(ConnectionPools.class).snapshot())
                    .extracting(PoolSnapshot::client)
                    .containsExactly("payments");
        });
    }

    @Test
    void withABuilderOfTheApplicationAClientThatIsSwitchedOffComesFromIt() {
        with("enabled=false")
                .withUserConfiguration(RefusingBuilder.class)
                .run(context -> assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() -> call(context, "/"))
                        .withMessage("made by the application"));
    }

    @Test
    void withAnotherLibraryTheClientsComeFromItWithTheirSettings() {
        ScriptedServer silent = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(script -> script.at(Moment.REQUEST_BODY, Effect.stall()))
                .start());
        with("default-header.X-One=written", "read-timeout=1s", "base-url=" + silent.uri(""))
                .withPropertyValues("spring.http.clients.imperative.factory=jdk")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(ConnectionPools.class);
                    assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> call(context, "/"));
                    assertThat(silent.requests().get(0).header("X-One")).isEqualTo("written");
                    assertThat(silent.requests().get(0).header("User-Agent")).startsWith("Java-http-client");
                });
    }

    @Test
    void aClientThatNeedsAnSslBundleStopsTheStartIfThereAreNone() {
        withoutSslBundles(EvenkeelAutoConfiguration.class)
                .run(
                        context -> assertThat(context)
                                .getFailure()
                                .hasMessage(
                                        "Client 'payments' needs the SSL bundle 'partner', and the application has no SslBundles"));
    }

    @Test
    void inATestSliceAClientThatNeedsAnSslBundleMakesNoCallWithoutIt() {
        withoutSslBundles().run(context -> {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> call(context, "/"))
                    .withMessageContaining("no SslBundles");
            assertThat(this.server.requests()).isEmpty();
        });
    }

    private ApplicationContextRunner withoutSslBundles(Class<?>... more) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        RestClientAutoConfiguration.class, EvenkeelClientsAutoConfiguration.class))
                .withConfiguration(AutoConfigurations.of(more))
                .withPropertyValues(
                        "evenkeel.clients.payments.base-url=" + this.server.uri(""),
                        "evenkeel.clients.payments.ssl.bundle=partner");
    }

    private ApplicationContextRunner with(String... properties) {
        ApplicationContextRunner runner =
                Contexts.plain().withPropertyValues("evenkeel.clients.payments.base-url=" + this.server.uri(""));
        for (String property : properties) {
            runner = runner.withPropertyValues("evenkeel.clients.payments." + property);
        }
        return runner;
    }

    private static String call(AssertableApplicationContext context, String path) {
        return context.getBean("paymentsRestClient", RestClient.class)
                .get()
                .uri(path)
                .retrieve()
                .body(String.class);
    }

    private static List<PoolSnapshot> usedPools(AssertableApplicationContext context) {
        return context.getBean(ConnectionPools.class).snapshot().stream()
                .filter(pool -> !pool.routes().isEmpty())
                .toList();
    }

    interface Payments {

        @GetExchange("/hello")
        String get();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "payments", types = Payments.class)
    static class Services {}

    @Configuration(proxyBeanMethods = false)
    static class UserAgent {

        @Bean
        ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> customizer() {
            return builder -> builder.withHttpClientCustomizer(client -> client.setUserAgent("customized"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RefusingBuilder {

        @Bean
        ClientHttpRequestFactoryBuilder<?> ownBuilder() {
            return settings -> (uri, method) -> {
                throw new IllegalStateException("made by the application");
            };
        }
    }
}

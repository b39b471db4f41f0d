// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** A request that names no host fails with the client or group that lacks a base URL, and with the key to set. */
class MissingBaseUrlTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @ParameterizedTest
    @ValueSource(strings = {"/items", "items", "", "?page=2", "http:items", "http:/items"})
    void clientWithANameTellsItsOwnKey(String uri) {
        Contexts.plain()
                .withPropertyValues("evenkeel.clients.payments.enabled=true")
                .run(context -> {
                    RestClient payments = context.getBean("paymentsRestClient", RestClient.class);

                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> payments.get()
                                    .uri(URI.create(uri))
                                    .retrieve()
                                    .toBodilessEntity())
                            .withMessageContaining("client 'payments' names no host")
                            .withMessageContaining("Set evenkeel.clients.payments.base-url")
                            .withMessageNotContaining("items");
                });
    }

    @Test
    void clientWithoutANameTellsWhoHasABaseUrl() {
        Contexts.plain()
                .withPropertyValues(
                        "evenkeel.clients.payments.base-url=http://localhost",
                        "spring.http.serviceclient.quotes.base-url=http://localhost",
                        "spring.http.serviceclient.rates.read-timeout=5s")
                .run(context -> {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> context.getBean(RestClient.class)
                                    .get()
                                    .uri("/items")
                                    .retrieve()
                                    .toBodilessEntity())
                            .withMessage(
                                    "A request of client 'default' names no host: its URI is relative, and no base URL"
                                            + " was put before it. Write an absolute URI, give the builder a base URL, or use a client"
                                            + " that has one (evenkeel.clients.<name>.base-url). There is one for 'payments', 'quotes'.");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> context.getBean(RestTemplateBuilder.class)
                                    .build()
                                    .getForObject("/items", String.class))
                            .withMessageContaining("client 'default' names no host");
                });
    }

    @Test
    void groupWithoutABaseUrlIsNamedBesideThoseThatExist() {
        services("evenkeel.clients.payments.base-url=http://localhost").run(context -> {
            Payments misspelt = context.getBean(Payments.class);

            assertThatIllegalArgumentException()
                    .isThrownBy(misspelt::get)
                    .withMessageContaining("HTTP service group 'paymets' has no base URL:"
                            + " set spring.http.serviceclient.paymets.base-url, or correct its name.")
                    .withMessageContaining("There is one for 'payments'.");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"spring.http.serviceclient.paymets", "evenkeel.clients.paymets"})
    void groupWithABaseUrlCallsIt(String prefix) {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());

        services(prefix + ".base-url=" + server.uri("")).run(context -> {
            context.getBean(Payments.class).get();
            assertThat(server.requests()).extracting(Request::target).containsExactly("/hello");
        });
    }

    @Test
    void groupThatIsAClientWithoutABaseUrlTellsTheKeyOfTheClient() {
        services("evenkeel.clients.paymets.enabled=true")
                .run(context -> assertThatIllegalArgumentException()
                        .isThrownBy(context.getBean(Payments.class)::get)
                        .withMessageContaining("client 'paymets' names no host")
                        .withMessageContaining("Set evenkeel.clients.paymets.base-url"));
    }

    private static ApplicationContextRunner services(String... properties) {
        return Contexts.plain().withUserConfiguration(Services.class).withPropertyValues(properties);
    }

    interface Payments {

        @GetExchange("/hello")
        String get();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "paymets", types = Payments.class)
    static class Services {}
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.client.NamedClients;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.transport.ConnectionPools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** {@code evenkeel.enabled: false} is a switch for an incident: what an application injects stays, on stock transport. */
@ExtendWith(OutputCaptureExtension.class)
class SwitchedOffTests {

    @Test
    void aClientKeepsItsBaseUrlAndHeaders() {
        try (ScriptedServer server = ScriptedServer.http().start()) {
            off(
                            "evenkeel.clients.payments.base-url=" + server.uri("/v1"),
                            "evenkeel.clients.payments.default-header.X-Api-Key=key",
                            "evenkeel.clients.payments.enabled=true")
                    .run(context -> {
                        get(context.getBean("paymentsRestClient", RestClient.class));
                        get(context.getBean(NamedClients.class)
                                .builder("payments")
                                .build());
                        assertThat(server.requests()).hasSize(2).allSatisfy(request -> {
                            assertThat(request.target()).isEqualTo("/v1/x");
                            assertThat(request.header("X-Api-Key")).isEqualTo("key");
                        });
                        assertThat(context).doesNotHaveBean(ConnectionPools.class);
                    });
        }
    }

    @Test
    void anHttpServiceKeepsTheSettingsOfTheClientOfItsName() {
        try (ScriptedServer server = ScriptedServer.http().start()) {
            off("evenkeel.clients.payments.base-url=" + server.uri("/v1"))
                    .withUserConfiguration(Service.class)
                    .run(context -> {
                        context.getBean(Api.class).get();
                        assertThat(server.requests())
                                .singleElement()
                                .satisfies(
                                        request -> assertThat(request.target()).isEqualTo("/v1/x"));
                    });
        }
    }

    @Test
    void theReadyClientStays() {
        try (ScriptedServer server = ScriptedServer.http().start()) {
            off().run(context -> {
                context.getBean(RestClient.class)
                        .get()
                        .uri(server.uri("/x"))
                        .retrieve()
                        .toBodilessEntity();
                assertThat(server.requests()).hasSize(1);
            });
        }
    }

    @Test
    void aReadyClientOfTheApplicationStillTakesItsPlace() {
        RestClient own = RestClient.create();
        off().withBean("own", RestClient.class, () -> own)
                .run(context -> assertThat(context.getBean(RestClient.class)).isSameAs(own));
    }

    @Test
    void theLogSaysWhatIsLeft(CapturedOutput output) {
        off("evenkeel.clients.payments.base-url=http://localhost:1", "evenkeel.clients.payments.proxy.url=http://p:1")
                .run(context -> assertThat(output)
                        .contains("Evenkeel carries nothing: 'evenkeel.enabled' is false")
                        .contains("client payments: http://localhost:1", "left to Spring Boot")
                        .contains("it does not go through the proxy"));
    }

    @Test
    void anotherLibraryMayBeAskedForBesides() {
        off("evenkeel.clients.payments.base-url=http://localhost:1", "spring.http.clients.imperative.factory=jdk")
                .run(context -> assertThat(context).hasNotFailed().hasBean("paymentsRestClient"));
    }

    private static void get(RestClient client) {
        client.get().uri("/x").retrieve().toBodilessEntity();
    }

    private static ApplicationContextRunner off(String... properties) {
        return Contexts.plain().withPropertyValues("evenkeel.enabled=false").withPropertyValues(properties);
    }

    interface Api {

        @GetExchange("/x")
        void get();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "payments", types = Api.class)
    static class Service {}
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.Environments;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.transport.ConnectionPools;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** An HTTP service group has what is written for the client of its name, without code. */
class ClientGroupsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void aGroupHasWhatIsWrittenForTheClientOfItsName() {
        ScriptedServer server = start(ScriptedServer.http());
        with(
                        "evenkeel.clients.payments.base-url=" + server.uri("/v1"),
                        "evenkeel.clients.payments.default-header.X-Api-Key=secret",
                        "evenkeel.clients.payments.apiversion.default=2",
                        "evenkeel.clients.payments.apiversion.insert.query-parameter=v",
                        "evenkeel.clients.payments.pool.max-size=3")
                .run(context -> {
                    assertThat(context.getBean(Payments.class).get()).isEqualTo("ok");
                    Request request = server.requests().get(0);
                    assertThat(request.target()).isEqualTo("/v1/hello?v=2");
                    assertThat(request.header("X-Api-Key")).isEqualTo("secret");
                    assertThat(context.getBean(ConnectionPools.class).snapshot())
                            .filteredOn(pool -> !pool.routes().isEmpty())
                            .extracting(PoolSnapshot::client)
                            .containsExactly("payments");
                });
    }

    @Test
    void aGroupSharesTheConnectionsOfTheClient() {
        ScriptedServer server = start(ScriptedServer.http());
        with("evenkeel.clients.payments.base-url=" + server.uri("")).run(context -> {
            context.getBean(Payments.class).get();
            context.getBean("paymentsRestClient", RestClient.class)
                    .get()
                    .uri("/hello")
                    .retrieve()
                    .toBodilessEntity();
            assertThat(server.connectionsAccepted()).isEqualTo(1);
        });
    }

    @Test
    void timeoutsOfTheClientBeatThoseOfTheGroup() {
        ScriptedServer server = start(ScriptedServer.http()
                .onEveryRequest(script -> script.at(Moment.REQUEST_BODY, Effect.pause(Duration.ofMillis(500)))));
        with(
                        "spring.http.serviceclient.payments.base-url=" + server.uri(""),
                        "spring.http.serviceclient.payments.read-timeout=20s",
                        "evenkeel.clients.payments.read-timeout=100ms")
                .run(context -> assertThatExceptionOfType(ResourceAccessException.class)
                        .isThrownBy(() -> context.getBean(Payments.class).get())
                        .withCauseInstanceOf(SocketTimeoutException.class));
    }

    @Test
    void whatIsWrittenForTheGroupAppliesWhereTheClientIsSilent() {
        ScriptedServer server = start(ScriptedServer.http());
        with(
                        "spring.http.serviceclient.payments.base-url=" + server.uri("/group"),
                        "spring.http.serviceclient.payments.default-header.X-One=group",
                        "spring.http.serviceclient.payments.default-header.x-two=group",
                        "spring.http.serviceclient.payments.apiversion.default=1",
                        "spring.http.serviceclient.payments.apiversion.insert.header=X-Version",
                        "evenkeel.clients.payments.apiversion.default=2",
                        "evenkeel.clients.payments.default-header.X-Two=client")
                .run(context -> {
                    context.getBean(Payments.class).get();
                    context.getBean("paymentsRestClient", RestClient.class)
                            .get()
                            .uri("/hello")
                            .retrieve()
                            .toBodilessEntity();
                    assertThat(server.requests()).hasSize(2).allSatisfy(request -> {
                        assertThat(request.target()).isEqualTo("/group/hello");
                        assertThat(request.headers("X-One")).containsExactly("group");
                        assertThat(request.headers("X-Two")).containsExactly("client");
                        assertThat(request.headers("X-Version")).containsExactly("2");
                    });
                });
    }

    @Test
    void aGroupWithoutAClientIsAsBefore() {
        ScriptedServer server = start(ScriptedServer.http());
        with(
                        "spring.http.serviceclient.payments.base-url=" + server.uri(""),
                        "evenkeel.clients.orders.base-url=http://localhost:1")
                .run(context -> {
                    context.getBean(Payments.class).get();
                    assertThat(context.getBean(ConnectionPools.class).snapshot())
                            .filteredOn(pool -> !pool.routes().isEmpty())
                            .extracting(PoolSnapshot::client)
                            .containsExactly("default");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"myGroup", "my-group", "MYGROUP", "my_group"})
    void aGroupAndAClientHaveOneNameInAnySpelling(String spelling) {
        ScriptedServer server = start(ScriptedServer.http());
        Contexts.plain()
                .withUserConfiguration(OtherServices.class)
                .withPropertyValues("evenkeel.clients." + spelling + ".base-url=" + server.uri(""))
                .run(context ->
                        assertThat(context.getBean(Payments.class).get()).isEqualTo("ok"));
    }

    @Test
    void anEnvironmentVariableAloneIsEnoughForAGroup() {
        ScriptedServer server = start(ScriptedServer.http());
        Contexts.plain()
                .withUserConfiguration(OtherServices.class)
                .withInitializer(Environments.variables(
                        "EVENKEEL_CLIENTS_MYGROUP_BASEURL", server.uri("").toString()))
                .run(context ->
                        assertThat(context.getBean(Payments.class).get()).isEqualTo("ok"));
    }

    @Test
    void customizersAndConfigurersOfTheApplicationComeLater() {
        ScriptedServer server = start(ScriptedServer.http());
        with(
                        "evenkeel.clients.payments.base-url=" + server.uri(""),
                        "evenkeel.clients.payments.default-header.X-One=written",
                        "evenkeel.clients.payments.default-header.X-Two=written")
                .withUserConfiguration(Configurers.class)
                .run(context -> {
                    context.getBean(Payments.class).get();
                    Request request = server.requests().get(0);
                    assertThat(request.headers("X-One")).containsExactly("customizer");
                    assertThat(request.headers("X-Two")).containsExactly("configurer");
                });
    }

    private ScriptedServer start(ServerScript script) {
        return this.leaks.server(script.start());
    }

    private static ApplicationContextRunner with(String... properties) {
        return Contexts.plain().withUserConfiguration(Services.class).withPropertyValues(properties);
    }

    interface Payments {

        @GetExchange("/hello")
        String get();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "payments", types = Payments.class)
    static class Services {}

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "myGroup", types = Payments.class)
    static class OtherServices {}

    @Configuration(proxyBeanMethods = false)
    static class Configurers {

        @Bean
        RestClientCustomizer customizer() {
            return builder -> builder.defaultHeader("X-One", "customizer");
        }

        @Bean
        RestClientHttpServiceGroupConfigurer configurer() {
            return groups -> groups.forEachClient((group, builder) -> builder.defaultHeader("X-Two", "configurer"));
        }
    }
}

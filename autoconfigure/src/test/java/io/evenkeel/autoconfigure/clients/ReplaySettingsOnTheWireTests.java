// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.MediaType;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** What the keys of replay do to requests that Spring sends, and what its callers are told. */
class ReplaySettingsOnTheWireTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** Breaks the second request of its first connection. */
    private ScriptedServer server() {
        return this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin()))
                .start());
    }

    private static void post(RestClient client, ScriptedServer server, String... header) {
        client.get().uri(server.uri("/first")).retrieve().toBodilessEntity();
        client.post()
                .uri(server.uri("/second"))
                .contentType(MediaType.APPLICATION_JSON)
                .headers(headers -> Arrays.stream(header).forEach(name -> headers.add(name, "4711")))
                .body(Map.of("amount", "12.50"))
                .retrieve()
                .toBodilessEntity();
    }

    @Test
    void keyedPostIsSentAgain() {
        ScriptedServer server = server();
        context().run(context -> post(context.getBean(RestClient.class), server, "Idempotency-Key"));

        assertThat(server.requests())
                .filteredOn(request -> request.method().equals("POST"))
                .hasSize(2)
                .allSatisfy(request ->
                        assertThat(request.headers("Idempotency-Key")).containsExactly("4711"))
                .extracting(Request::bodyText)
                .containsOnly("{\"amount\":\"12.50\"}");
    }

    @Test
    void headerOfTheConfigurationIsTheOneThatCounts() {
        ScriptedServer server = server();
        context()
                .withPropertyValues("evenkeel.idempotency-header=X-Once")
                .run(context -> post(context.getBean(RestClient.class), server, "x-once"));
        assertThat(server.requestCount("POST")).isEqualTo(2);

        ScriptedServer other = server();
        context()
                .withPropertyValues("evenkeel.idempotency-header=X-Once")
                .run(context -> assertThatExceptionOfType(ResourceAccessException.class)
                        .isThrownBy(() -> post(context.getBean(RestClient.class), other, "Idempotency-Key"))
                        .withMessageContaining("An X-Once header would have made it safe"));
        assertThat(other.requestCount("POST")).isEqualTo(1);
    }

    /** What a stub server counts in a test of the application ({@code docs/testing.md}). */
    @ParameterizedTest
    @CsvSource({
        "evenkeel.replay.enabled=true,                   2",
        "evenkeel.replay.enabled=false,                  1",
        "evenkeel.clients.payments.replay.enabled=true,  2",
        "evenkeel.clients.payments.replay.enabled=false, 1"
    })
    void aServerCountsAResetRequestOnAKeptConnectionTwiceUnlessReplayIsOff(String property, int counted) {
        ServerScript script = ScriptedServer.http()
                .onConnection(0, kept -> kept.request(0).request(1).at(Moment.REQUEST_BODY, Effect.rst()));
        if (counted > 1) {
            script.onConnection(1, fresh -> fresh.request(0).at(Moment.REQUEST_BODY, Effect.rst()));
        }
        ScriptedServer server = this.leaks.server(script.start());
        context()
                .withPropertyValues("evenkeel.clients.payments.base-url=http://localhost", property)
                .run(context -> {
                    RestClient client = context.getBean("paymentsRestClient", RestClient.class);
                    client.get().uri(server.uri("/first")).retrieve().toBodilessEntity();
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> client.get()
                                    .uri(server.uri("/second"))
                                    .retrieve()
                                    .toBodilessEntity());
                });

        assertThat(server.requests())
                .filteredOn(request -> request.target().equals("/second"))
                .hasSize(counted);
    }

    @Test
    void postWithoutAKeyIsNotSentAgainAndItsCallerLearnsWhy() {
        ScriptedServer server = server();
        context()
                .run(context -> assertThatExceptionOfType(ResourceAccessException.class)
                        .isThrownBy(() -> post(context.getBean(RestClient.class), server))
                        .satisfies(thrown -> assertThat(EvenkeelException.in(thrown))
                                .get()
                                .isInstanceOf(ConnectionLostException.class)
                                .satisfies(lost -> assertThat(lost.sent()).isEqualTo(EvenkeelException.Sent.MAYBE))));
        assertThat(server.requestCount("POST")).isEqualTo(1);
    }

    @Test
    void replayThatIsSwitchedOffNamesItsKey() {
        ScriptedServer server = server();
        context()
                .withPropertyValues("evenkeel.replay.enabled=false")
                .run(context -> assertThatExceptionOfType(ResourceAccessException.class)
                        .isThrownBy(() -> post(context.getBean(RestClient.class), server, "Idempotency-Key"))
                        .withMessageContaining("evenkeel.replay.enabled is false"));
        assertThat(server.requestCount("POST")).isEqualTo(1);
    }

    /** Any request rides any kept connection, however long the machine takes between two of them. */
    private static ApplicationContextRunner context() {
        return Contexts.plain().withPropertyValues("evenkeel.pool.learn-idle-timeout=false");
    }
}

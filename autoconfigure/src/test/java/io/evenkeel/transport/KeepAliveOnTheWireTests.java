// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveOnTheWireTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @ParameterizedTest
    @ValueSource(strings = {"timeout=0", "timeout=1", "max=0", "timeout=60, max=0"})
    void connectionThatTheServerWillNotKeepIsClosedAtOnce(String hint) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(ok("x").header("Keep-Alive", hint))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/1"));
        assertThat(client.idle()).isZero();
        client.get(server.uri("/2"));

        assertThat(server.connectionsAccepted()).isEqualTo(2);
        assertThat(client.events.closed).containsOnly(CloseReason.NOT_REUSABLE).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "timeout=2; 1000",
                "timeout=5; 4000",
                "timeout=60; 54000",
                "timeout=9223372036854775807; 60000",
                "timeout=-1; 4000",
                "timeout=5.5; 4000",
                "timeout=; 4000",
                "timeout=abc; 4000",
                "timeout=\"5\"; 4000",
                "max=1; 4000",
                "timeout=30, timeout=3; 2000"
            })
    void hintBoundsTheIdleTimeout(String hint, long millis) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(ok("x").header("Keep-Alive", hint))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/1"));
        client.post(server.uri("/2"), "x");

        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.events.idleTimeouts).containsExactly(Duration.ofMillis(millis));
    }

    @Test
    void severalFieldsCountAsOne() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(ok("x").header("Keep-Alive", "timeout=30").header("Keep-Alive", "timeout=3"))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/"));

        assertThat(client.events.idleTimeouts).containsExactly(Duration.ofSeconds(2));
    }

    @Test
    void fieldLongerThanAHeadMayBeFailsTheCallOnly() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(ok("x").header("Keep-Alive", "timeout=5," + "x".repeat(65_536))))
                .onConnection(
                        1,
                        script -> script.request(0)
                                .answer(ok("y").header("Keep-Alive", "timeout=9," + "x".repeat(4_000))))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> client.get(server.uri("/1")))
                .isInstanceOf(java.io.IOException.class);
        assertThat(client.get(server.uri("/2")).body()).isEqualTo("y");

        assertThat(client.events.idleTimeouts).containsExactly(Duration.ofSeconds(4));
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void connectionIsClosedWhenTheHintRunsOut(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .byDefault(ok("x").header("Keep-Alive", "timeout=2"))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));
        assertThat(client.idle()).isEqualTo(1);

        await().atMost(Duration.ofMillis(1900)).until(() -> client.idle() == 0);

        assertThat(client.events.closed).containsExactly(CloseReason.IDLE);
        server.awaitConnectionsOpen(0, Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "Close", "keep-alive, close"})
    void connectionThatTheServerClosesIsNotKept(String value) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(ok("x").header("Connection", value))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/"));

        assertThat(client.idle()).isZero();
        assertThat(client.events.closed).containsExactly(CloseReason.NOT_REUSABLE);
    }

    @Test
    void oldServerKeepsAConnectionOnlyIfItSaysSo() throws Exception {
        String rest = "Content-Length: 1\r\n\r\nx";
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).answer(Answer.raw("HTTP/1.0 200 OK\r\n" + rest)))
                .onConnection(
                        1,
                        script -> script.request(0)
                                .answer(Answer.raw("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + rest))
                                .request(1)
                                .answer(ok("last")))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 3; i++) {
            client.get(server.uri("/"));
        }

        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @Test
    void aStrategyOfTheUserThatSaysForEverIsBoundedByTheIdleTimeoutOfThePool() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(
                        builder -> builder.setKeepAliveStrategy((response, context) -> TimeValue.ofDays(1_000_000))));

        client.get(server.uri("/"));
        client.get(server.uri("/"));

        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.events.idleTimeouts).containsExactly(PoolLimits.DEFAULTS.maxIdleTimeout());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.fin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said when a request is lost with a kept connection, and when a server says goodbye by 408. */
class ConnectionLostTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ConnectionLostException lost(
            Wiring wiring, UnaryOperator<TestClient.Settings> settings, String method, HttpEntity body, String... key)
            throws IOException {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, fin()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings);
        client.get(server.uri("/first"));

        ConnectionLostException lost =
                catchThrowableOfType(ConnectionLostException.class, () -> send(client, server, method, body, key));

        assertThat(server.requests())
                .filteredOn(request -> request.target().equals("/second"))
                .hasSize(1);
        assertThat(lost.route()).isEqualTo(server.uri("").toString());
        return lost;
    }

    private static int send(TestClient client, ScriptedServer server, String method, HttpEntity body, String... key)
            throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, server.uri("/second"));
        request.setEntity(body);
        for (String value : key) {
            request.setHeader("Idempotency-Key", value);
        }
        return client.http().execute(request, response -> response.getCode());
    }

    private static HttpEntity once() {
        return new InputStreamEntity(new ByteArrayInputStream(new byte[10]), 10, null);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void postThatMayHaveBeenExecutedIsToldWhatWouldHaveMadeItSafe(Wiring wiring) throws Exception {
        ConnectionLostException lost = lost(wiring, settings -> settings, "POST", new StringEntity("x"));

        assertThat(lost.getMessage())
                .matches(
                        "https?://127\\.0\\.0\\.1:\\d+ closed a kept connection \\(idle \\d+ms\\) before answering POST; "
                                + "not sent again, as it may have been executed\\. "
                                + "An Idempotency-Key header would have made it safe\\.");
        assertThat(lost.reason()).isEqualTo("connection_lost");
        assertThat(lost.client()).isEqualTo("default");
        assertThat(lost.sent()).isEqualTo(Sent.MAYBE);
        assertThat(lost.elapsed()).isBetween(Duration.ofNanos(1), Duration.ofSeconds(5));
        assertThat(lost).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void bodyThatCanBeReadOnceIsNamed() throws Exception {
        assertThat(lost(Wiring.PLAIN, settings -> settings, "PUT", once()))
                .hasMessageEndingWith("before answering PUT; not sent again, as its body can be read once only. "
                        + "A byte array or a file instead of a stream would have made it safe.");
        assertThat(lost(Wiring.PLAIN, settings -> settings, "POST", once()))
                .hasMessageEndingWith(
                        "as its body can be read once only and it may have been executed. A byte array or "
                                + "a file instead of a stream and an Idempotency-Key header would have made it safe.");
        assertThat(lost(Wiring.PLAIN, settings -> settings, "POST", once(), "4711"))
                .hasMessageContaining("as its body can be read once only. A byte array");
    }

    @Test
    void keyThatSwitchesReplayOffIsNamed() throws Exception {
        assertThat(lost(Wiring.PLAIN, settings -> settings.replay(false), "GET", null))
                .hasMessageEndingWith("before answering GET; not sent again, as evenkeel.replay.enabled is false. "
                        + "Setting evenkeel.replay.enabled to true would have made it safe.");
    }

    @Test
    void headerOfTheClientIsNamed() throws Exception {
        assertThat(lost(
                        Wiring.PLAIN,
                        settings -> settings.replay(new ReplaySettings(true, "Request-Key")),
                        "PATCH",
                        new StringEntity("x"),
                        "4711"))
                .hasMessageEndingWith("A Request-Key header would have made it safe.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void keyWithoutAValueIsNone(String blank) throws Exception {
        assertThat(lost(Wiring.PLAIN, settings -> settings, "POST", new StringEntity("x"), blank))
                .hasMessageContaining("An Idempotency-Key header would have");
    }

    /** Run again for the replay, the interceptor would make another key, which the server has not seen. */
    @Test
    void keyThatAnInterceptorMakesForEachSendingIsNone() throws Exception {
        assertThat(lost(
                        Wiring.PLAIN,
                        settings -> settings.customizer(builder -> builder.addRequestInterceptorLast(
                                (request, entity, context) -> request.setHeader("Idempotency-Key", UUID.randomUUID()))),
                        "POST",
                        new StringEntity("x")))
                .hasMessageContaining("it may have been executed");
    }

    @Test
    void freshConnectionThatBreaksKeepsItsException() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, fin()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(catchThrowable(() -> client.post(server.uri("/"), "x")))
                .isInstanceOf(org.apache.hc.core5.http.NoHttpResponseException.class);
    }

    @ParameterizedTest
    @CsvSource({"GET,  false, true", "PUT,  false, true", "POST, false, false", "POST, true,  true"})
    void goodbyeOnAKeptConnectionIsReplayedOrStaysTheAnswer(String method, boolean keyed, boolean replayed)
            throws Exception {
        for (Wiring wiring : Wiring.values()) {
            for (Answer goodbye : new Answer[] {
                status(408).header("Connection", "close").body("too late"),
                status(408).closeDelimited()
            }) {
                ScriptedServer server = this.leaks.server(wiring.server()
                        .onConnection(0, script -> script.request(0).request(1).answer(goodbye))
                        .start());
                TestClient client = TestClient.withDefaults(this.leaks);
                client.get(server.uri("/first"));

                int status = send(
                        client,
                        server,
                        method,
                        method.equals("GET") ? null : new StringEntity("x"),
                        keyed ? new String[] {"4711"} : new String[0]);

                assertThat(status).isEqualTo(replayed ? 200 : 408);
                assertThat(server.requests())
                        .filteredOn(request -> request.target().equals("/second"))
                        .extracting(Request::connection)
                        .isEqualTo(replayed ? java.util.List.of(0, 1) : java.util.List.of(0));
            }
        }
    }

    @Test
    void status408IsTheAnswerIfTheConnectionIsFreshOrStaysOpen() throws Exception {
        ScriptedServer fresh = this.leaks.server(ScriptedServer.http()
                .byDefault(status(408).header("Connection", "close"))
                .start());
        ScriptedServer open = this.leaks.server(
                ScriptedServer.http().byDefault(status(408).body("no")).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(fresh.uri("/")).status()).isEqualTo(408);
        assertThat(client.get(open.uri("/")).status()).isEqualTo(408);
        assertThat(client.get(open.uri("/")).status()).isEqualTo(408);

        assertThat(fresh.requests()).hasSize(1);
        assertThat(open.requests()).hasSize(2);
        assertThat(open.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void secondGoodbyeIsTheAnswer() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/first")
                        ? ok("ok")
                        : status(408).header("Connection", "close"))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        assertThat(client.get(server.uri("/second")).status()).isEqualTo(408);

        assertThat(server.requests()).hasSize(3);
    }
}

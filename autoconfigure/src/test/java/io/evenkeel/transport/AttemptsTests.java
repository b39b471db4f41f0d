// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.rst;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.event.FailureAvoided;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is told of the requests that went to a wire, compared with what the server saw. */
class AttemptsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @ParameterizedTest
    @CsvSource({
        "200, SUCCESS",
        "204, SUCCESS",
        "304, REDIRECTION",
        "404, CLIENT_ERROR",
        "503, SERVER_ERROR",
        "600, UNKNOWN"
    })
    void anAnswerIsToldByItsStatus(int status, String outcome) throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(status(status)).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/"));

        assertThat(client.events.attempts).containsExactly("FIRST " + outcome);
        assertThat(client.events.failures).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void aReplayIsToldApartAndTheFailureIsAvoided(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, fin()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        client.get(server.uri("/second"));

        assertThat(server.requests()).hasSize(3);
        assertThat(client.events.attempts).containsExactly("FIRST SUCCESS", "FIRST IO_ERROR", "REPLAY SUCCESS");
        assertThat(client.events.avoided).containsExactly(FailureAvoided.REPLAYED);
        assertThat(client.events.failures).isEmpty();
    }

    @Test
    void aReplayThatFailsAvoidsNothing() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, fin()))
                .onConnection(1, script -> script.request(0).at(Moment.REQUEST_BODY, rst()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.get(server.uri("/second"))).isInstanceOf(IOException.class);

        assertThat(client.events.attempts).containsExactly("FIRST SUCCESS", "FIRST IO_ERROR", "REPLAY IO_ERROR");
        assertThat(client.events.avoided).isEmpty();
        assertThat(client.events.failures).hasSize(1);
    }

    @Test
    void theAnswerToAChallengeThatFollowsAReplayIsARequestOfItsOwn() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, fin()))
                .onConnection(
                        1,
                        script -> script.request(0).answer(status(401).header("WWW-Authenticate", "Basic realm=\"x\"")))
                .start());
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));
        client.get(server.uri("/first"));

        client.get(server.uri("/second"));

        assertThat(client.events.attempts)
                .containsExactly("FIRST SUCCESS", "FIRST IO_ERROR", "REPLAY CLIENT_ERROR", "FIRST SUCCESS");
    }

    @Test
    void everyStepOfARedirectIsARequestOfItsOwn() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(ok("ok"))
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(status(302).header("Location", "/there").body("")))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/here"));

        assertThat(client.events.attempts).containsExactly("FIRST REDIRECTION", "FIRST SUCCESS");
    }

    @Test
    void theRequestForATunnelIsNone() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        TunnelProxy proxy = this.leaks.closeAfter(TunnelProxy.http());
        this.leaks.port(proxy.port());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", proxy.port()))));

        client.get(URI.create("https://localhost:" + server.port() + "/"));

        assertThat(proxy.tunnels).hasSize(1);
        assertThat(client.events.attempts).containsExactly("FIRST SUCCESS");
    }

    @Test
    void whatNeverWentToAWireIsNone() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        server.stopListening();
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(IOException.class);

        assertThat(client.events.attempts).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void aDeadConnectionThatIsSkippedIsAFailureAvoided(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).then(Effect.pause(Duration.ofMillis(20)), fin()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));
        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));

        client.post(server.uri("/second"), "x");

        assertThat(client.events.avoided).containsExactly(FailureAvoided.DEAD_CONNECTION_SKIPPED);
        assertThat(client.events.attempts).containsExactly("FIRST SUCCESS", "FIRST SUCCESS");
    }

    @Test
    void aConnectionThatIsAliveIsNoFailureAvoided() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(Answer.ok("ok")).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/"));
        client.get(server.uri("/"));

        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.events.avoided).isEmpty();
    }
}

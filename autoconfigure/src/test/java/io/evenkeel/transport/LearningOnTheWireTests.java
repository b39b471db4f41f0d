// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client with the defaults learns from servers that close idle connections. */
class LearningOnTheWireTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void theIdleTimeoutOfAServerIsLearnedFromOneClose(Wiring wiring) throws Exception {
        ScriptedServer server = closingAfter(wiring.server(), Duration.ofMillis(1200));
        TestClient client = learning();

        client.get(server.uri("/"));
        eventually("the close is seen", () -> client.events.closed.equals(List.of(CloseReason.EOF)));
        client.get(server.uri("/"));

        assertThat(client.events.idleTimeouts).hasSize(2).first().isEqualTo(Duration.ofSeconds(4));
        // Less the margin, which grows with the jitter of the machine.
        assertThat(client.events.idleTimeouts.get(1)).isBetween(Duration.ofMillis(500), Duration.ofMillis(1190));
    }

    @Test
    void aPostDoesNotRideAConnectionOfWhichNothingIsProven() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = learning();
        client.get(server.uri("/"));
        pause(Duration.ofMillis(150));

        client.post(server.uri("/"), "x");

        assertThat(client.events.acquired).containsExactly(AcquireResult.OPENED, AcquireResult.OPENED);
        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @Test
    void postsAloneTeachEnoughToRideAgain() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = learning();

        // The first that is passed by becomes the canary, and what it lives through is proof for the others.
        for (int i = 0; i < 40 && !client.events.acquired.contains(AcquireResult.REUSED); i++) {
            pause(Duration.ofMillis(200));
            client.post(server.uri("/"), "x");
        }

        assertThat(client.events.acquired).contains(AcquireResult.REUSED);
        assertThat(server.connectionsAccepted()).isLessThan(20);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void aFailureOnReuseIsLearnedFrom(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(1).at(Moment.REQUEST_BODY, Effect.fin()))
                .start());
        TestClient client = learning();
        client.get(server.uri("/"));
        pause(Duration.ofMillis(600));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);

        assertThat(server.connectionsAccepted()).isEqualTo(2);
        assertThat(client.events.idleTimeouts).hasSize(2);
        assertThat(client.events.idleTimeouts.get(1)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void theCanaryOfARouteIsNotCountedAsIdle() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(ok("x").header("Keep-Alive", "timeout=2"))
                .start());
        TestClient client = learning();
        client.get(server.uri("/"));

        eventually("it may not be used any more", () -> client.idle() == 0);

        assertThat(client.events.closed).isEmpty();
        server.closeConnections();
        eventually("its end is noticed", () -> client.events.closed.equals(List.of(CloseReason.EOF)));
        server.awaitConnectionsOpen(0, LIMIT);
    }

    @Test
    void aServerThatDiesOfARequestTeachesNothing() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        dying -> dying.request(0)
                                .request(1)
                                .at(Moment.REQUEST_BODY, Effect.pause(Duration.ofMillis(1200)), Effect.fin()))
                .start());
        TestClient client = learning();
        client.get(server.uri("/"));
        pause(Duration.ofMillis(300));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);

        assertThat(client.events.idleTimeouts).containsExactly(Duration.ofSeconds(4));
    }

    private TestClient learning() {
        return TestClient.with(this.leaks, settings -> settings.learning(true));
    }

    private ScriptedServer closingAfter(ServerScript script, Duration idle) throws Exception {
        return this.leaks.server(script.onEveryRequest(request -> request.then(Effect.idle(idle), Effect.fin()))
                .start());
    }

    /** The age of a connection is what these tests are about: it has to pass. */
    private static void pause(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }
}

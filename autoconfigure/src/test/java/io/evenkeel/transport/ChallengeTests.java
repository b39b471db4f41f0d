// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.DelayProxy;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.Credentials;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The answer to a challenge follows it on the same connection, with the same care as any other request. */
class ChallengeTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualTime time = new VirtualTime();

    private TestClient client() {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
        return TestClient.with(
                this.leaks,
                settings -> settings.limits(1, 0)
                        .customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));
    }

    private static Answer challenge() {
        return status(401).header("WWW-Authenticate", "Basic realm=\"x\"").body("who are you?");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void answerToAChallengeGoesOutOnItsConnection(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).answer(challenge()))
                .start());
        TestClient client = client();

        assertThat(client.post(server.uri("/"), "x").status()).isEqualTo(200);

        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.events.closed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void answerToAChallengeHasTheWholeReadTimeout(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(challenge())
                                .request(1)
                                .at(Moment.REQUEST_BODY, pause(Duration.ofMillis(300))))
                .start());

        assertThat(client().post(server.uri("/"), "x").status()).isEqualTo(200);

        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void bytesBehindAChallengeAreNotTheAnswer(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(challenge()
                                        .followedBy("HTTP/1.1 200 Poison\r\nContent-Length: 6\r\n\r\nPOISON")))
                .start());
        TestClient client = client();

        assertThat(client.post(server.uri("/"), "x").body()).isEqualTo("ok");

        assertThat(server.connectionsAccepted()).isEqualTo(2);
        assertThat(client.events.closed).containsExactly(CloseReason.UNSOLICITED);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void replayOfTheAnswerToAChallengeKeepsItsPlace(Wiring wiring) throws Exception {
        CountDownLatch breakNow = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(challenge())
                                .request(1)
                                .at(Moment.REQUEST_BODY, until(breakNow), fin()))
                .start());
        TestClient client = client();
        ExecutorService callers = Executors.newFixedThreadPool(2);
        this.leaks.closeAfter(callers::shutdownNow);

        Future<TestClient.Reply> broken = callers.submit(() -> client.get(server.uri("/broken")));
        server.awaitRequests(2, LIMIT);
        Future<TestClient.Reply> waiting = callers.submit(() -> client.get(server.uri("/waiting")));
        await().atMost(LIMIT).until(() -> client.pending() == 1);
        breakNow.countDown();

        assertThat(broken.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(waiting.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(server.requests())
                .extracting(Request::target)
                .containsExactly("/broken", "/broken", "/broken", "/waiting");
    }

    @Test
    void connectionThatEndsBehindItsChallengeIsNotUsed() throws Exception {
        for (int i = 0; i < 20; i++) {
            ScriptedServer server = this.leaks.server(ScriptedServer.http()
                    .onConnection(
                            0, script -> script.request(0).answer(challenge()).then(fin()))
                    .start());
            TestClient client = client();

            // A GET, since the end may come between the look and the request; then the replay has its turn.
            assertThat(client.get(server.uri("/")).status()).isEqualTo(200);

            assertThat(server.connectionsAccepted()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"POST, 2", "GET, 1"})
    void whoThinksForLongDoesNotAnswerWithWhatMustNotBeSentTwiceOnTheConnectionOfTheChallenge(
            String method, int connections) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).answer(challenge()))
                .start());
        BasicCredentialsProvider credentials = new BasicCredentialsProvider() {
            @Override
            public Credentials getCredentials(AuthScope scope, HttpContext context) {
                // It asks another server.
                ChallengeTests.this.time.advance(Duration.ofMillis(100));
                return super.getCredentials(scope, context);
            }
        };
        credentials.setCredentials(new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.learning(true)
                        .ticker(this.time)
                        .customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));

        assertThat(client.send(method, server.uri("/"), null).status()).isEqualTo(200);

        assertThat(server.connectionsAccepted()).isEqualTo(connections);
    }

    @Test
    void answerToAChallengeIsNotLostOnAServerThatKeepsToItsTimeout() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0).answer(challenge()).then(Effect.idle(Duration.ofSeconds(1)), fin()))
                .start());
        DelayProxy proxy = DelayProxy.to(server.port(), Duration.ofMillis(25));
        this.leaks.closeAfter(proxy);
        BasicCredentialsProvider credentials = new BasicCredentialsProvider() {
            @Override
            public Credentials getCredentials(AuthScope scope, HttpContext context) {
                java.util.concurrent.locks.LockSupport.parkNanos(
                        Duration.ofMillis(980).toNanos());
                return super.getCredentials(scope, context);
            }
        };
        credentials.setCredentials(new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.learning(true)
                        .customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));

        assertThat(client.post(java.net.URI.create("http://127.0.0.1:" + proxy.port() + "/"), "x")
                        .status())
                .isEqualTo(200);
    }
}

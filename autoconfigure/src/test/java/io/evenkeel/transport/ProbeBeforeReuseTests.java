// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.call;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.finWithoutCloseNotify;
import static io.evenkeel.testing.Effect.idle;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.rst;
import static io.evenkeel.testing.Effect.write;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server does to an idle connection never reaches the next call: not as a failure, and not as its answer. */
class ProbeBeforeReuseTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final String POISON = "HTTP/1.1 200 Poison\r\nContent-Length: 6\r\n\r\nPOISON";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** What happens to an idle connection, and what is said to have happened. */
    enum Ending {
        FIN(CloseReason.EOF, true, fin()),
        FIN_WITHOUT_CLOSE_NOTIFY(CloseReason.EOF, true, finWithoutCloseNotify()),
        RST(CloseReason.RESET, true, rst()),
        POISON_ANSWER(CloseReason.UNSOLICITED, false, write(POISON)),
        ONE_BYTE(CloseReason.UNSOLICITED, false, write("\n")),
        STATUS_408_AND_FIN(
                CloseReason.UNSOLICITED,
                true,
                write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                fin()),
        STATUS_400_AND_FIN(
                CloseReason.UNSOLICITED, true, write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno"), fin());

        final CloseReason reason;
        private final boolean closes;
        private final Effect[] effects;

        Ending(CloseReason reason, boolean closes, Effect... effects) {
            this.reason = reason;
            this.closes = closes;
            this.effects = effects;
        }

        Effect[] after(Duration age, Runnable done) {
            List<Effect> all = new ArrayList<>();
            all.add(pause(age));
            all.addAll(Arrays.asList(this.effects));
            if (!this.closes) {
                all.add(call(done));
                // Keeps the server from taking the end of the connection for the next request.
                all.add(Effect.stall());
            }
            return all.toArray(Effect[]::new);
        }
    }

    static Stream<Arguments> endings() {
        List<Arguments> all = new ArrayList<>();
        for (Wiring wiring : Wiring.values()) {
            for (Ending ending : Ending.values()) {
                all.add(arguments(wiring, ending, 20));
            }
        }
        // Where it is not yet watched, where it becomes so, and where it is.
        for (int ageMillis : new int[] {200, 260, 600}) {
            all.add(arguments(Wiring.PLAIN, Ending.FIN, ageMillis));
            all.add(arguments(Wiring.PLAIN, Ending.RST, ageMillis));
            all.add(arguments(Wiring.PLAIN, Ending.POISON_ANSWER, ageMillis));
            all.add(arguments(Wiring.TLS_1_3, Ending.FIN, ageMillis));
            all.add(arguments(Wiring.TLS_1_3, Ending.STATUS_408_AND_FIN, ageMillis));
        }
        all.add(arguments(Wiring.TLS_1_2, Ending.FIN, 1000));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("endings")
    void postAfterTheEndOfAnIdleConnectionGoesToAFreshOne(Wiring wiring, Ending ending, int ageMillis)
            throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0).then(ending.after(Duration.ofMillis(ageMillis), done::countDown)))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        awaitEnding(server, ending, done);
        assertThat(client.post(server.uri("/second"), "x").body()).isEqualTo("ok");

        assertThat(server.requestCount("POST")).isEqualTo(1);
        assertThat(server.connectionsAccepted()).isEqualTo(2);
        assertThat(client.events.acquired).containsExactly(AcquireResult.OPENED, AcquireResult.OPENED);
        // A POST does not even look at a connection that has been idle for so long that nothing is proven of it.
        eventually("the end is noticed", () -> client.events.closed.equals(List.of(ending.reason)));
        server.release();
    }

    private static void awaitEnding(ScriptedServer server, Ending ending, CountDownLatch done) throws Exception {
        if (ending.closes) {
            server.awaitScriptDone(LIMIT);
            server.awaitConnectionsOpen(0, LIMIT);
        } else {
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("allEndings")
    void getAfterTheEndOfAnIdleConnectionNeedsNoReplay(Wiring wiring, Ending ending) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).then(ending.after(Duration.ofMillis(20), done::countDown)))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.replay(false));
        client.get(server.uri("/first"));

        awaitEnding(server, ending, done);
        assertThat(client.get(server.uri("/second")).body()).isEqualTo("ok");

        assertThat(server.requestCount("GET")).isEqualTo(2);
        server.release();
    }

    @ParameterizedTest
    @EnumSource(
            value = Ending.class,
            names = {"FIN", "RST", "POISON_ANSWER", "STATUS_408_AND_FIN"})
    void watchedConnectionIsClosedWithoutACall(Ending ending) throws Exception {
        Wiring wiring = (ending == Ending.RST) ? Wiring.TLS_1_2 : Wiring.TLS_1_3;
        CountDownLatch done = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0, script -> script.request(0).then(ending.after(Duration.ofMillis(700), done::countDown)))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        await().atMost(LIMIT).until(() -> !client.events.closed.isEmpty());

        assertThat(client.events.closed).containsExactly(ending.reason);
        assertThat(client.idle()).isZero();
        server.release();
    }

    static Stream<Arguments> gluedAnswers() {
        return Stream.of(Wiring.values())
                .flatMap(wiring -> Stream.of(
                        arguments(wiring, "GET", ok("body").followedBy(POISON)),
                        arguments(wiring, "GET", ok("body").chunked().followedBy(POISON)),
                        arguments(wiring, "GET", ok("").followedBy(POISON)),
                        arguments(wiring, "GET", status(204).followedBy(POISON)),
                        arguments(wiring, "GET", status(304).followedBy(POISON)),
                        arguments(wiring, "GET", ok("body").followedBy("\r\n")),
                        arguments(wiring, "POST", ok("body").followedBy(POISON)),
                        arguments(wiring, "HEAD", ok("body").followedBy(POISON)),
                        arguments(wiring, "HEAD", Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"))));
    }

    @ParameterizedTest
    @MethodSource("gluedAnswers")
    void bytesBehindAnAnswerCloseItsConnection(Wiring wiring, String method, Answer answer) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).answer(answer))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.send(method, server.uri("/first"), null);

        assertThat(client.idle()).isZero();
        assertThat(client.events.closed).containsExactly(CloseReason.UNSOLICITED);
        assertThat(client.post(server.uri("/second"), "x").body()).isEqualTo("ok");
        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void getSucceedsThoughTheServerClosesAtTheMomentOfTheLease(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onEveryRequest(request -> request.then(idle(Duration.ofMillis(4)), fin()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 60; i++) {
            assertThat(client.get(server.uri("/" + i)).status()).isEqualTo(200);
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(3000 + 50L * i));
        }

        assertThat(server.requestCount("GET")).isGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void postIsNeverSentTwiceThoughTheServerClosesAtTheMomentOfTheLease(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onEveryRequest(request -> request.then(idle(Duration.ofMillis(4)), fin()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 60; i++) {
            URI uri = server.uri("/" + i);
            try {
                assertThat(client.post(uri, "x").status()).isEqualTo(200);
            } catch (IOException ex) {
                // The close was under way when the request went out: nobody can know better.
            }
            assertThat(server.requests())
                    .filteredOn(request -> request.target().equals(uri.getPath()))
                    .hasSizeLessThanOrEqualTo(1);
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(3000 + 50L * i));
        }
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void twoHundredCallsStayOnOneConnection(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 200; i++) {
            client.post(server.uri("/"), "x");
        }

        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.events.closed).isEmpty();
    }

    static Stream<Arguments> allEndings() {
        return Stream.of(Wiring.values())
                .flatMap(wiring -> Stream.of(Ending.values()).map(ending -> arguments(wiring, ending)));
    }

    @ParameterizedTest
    @MethodSource("allEndings")
    void socketWithoutAChannelIsProbedToo(Wiring wiring, Ending ending) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).then(ending.after(Duration.ofMillis(20), done::countDown)))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        CloseableHttpClient customized = CustomizedClients.on(client);
        TestClient.send(customized, "GET", server.uri("/first"), null);

        awaitEnding(server, ending, done);
        assertThat(TestClient.send(customized, "POST", server.uri("/second"), new StringEntity("x"))
                        .body())
                .isEqualTo("ok");

        assertThat(server.requestCount("POST")).isEqualTo(1);
        assertThat(client.events.closed).containsExactly(ending.reason);
        server.release();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void socketWithoutAChannelIsKept(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        CloseableHttpClient customized = CustomizedClients.on(client);

        for (int i = 0; i < 50; i++) {
            TestClient.send(customized, "POST", server.uri("/"), new StringEntity("x"));
        }

        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.events.closed).isEmpty();
    }

    @Test
    void probeThatWaitsIsPaidByTheSocketsWithoutAChannelOnly() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        CloseableHttpClient customized = CustomizedClients.on(client);
        long withChannel = Long.MAX_VALUE;
        long without = Long.MAX_VALUE;
        for (int i = 0; i < 100; i++) {
            withChannel = Math.min(withChannel, nanosOf(client.http(), server));
            without = Math.min(without, nanosOf(customized, server));
        }

        System.out.printf(
                "fastest call on a kept connection: %d us with a channel, %d us without%n",
                withChannel / 1000, without / 1000);
        assertThat(without).isGreaterThan(withChannel);
    }

    private static long nanosOf(CloseableHttpClient client, ScriptedServer server) throws IOException {
        long start = System.nanoTime();
        TestClient.send(client, "GET", server.uri("/"), null);
        return System.nanoTime() - start;
    }
}

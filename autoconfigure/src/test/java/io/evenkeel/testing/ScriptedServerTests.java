// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.idle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.testing.RawClient.End;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptedServerTests {

    private static final Duration HANG = Duration.ofSeconds(10);

    private static final String GET = "GET /a HTTP/1.1\r\n\r\n";

    private static final String OK = "HTTP/1.1 200 Scripted\r\nContent-Length: 2\r\n\r\nok";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void answersOkAndKeepsTheConnectionAliveByDefault() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http().start());

        try (RawClient client = RawClient.http(server.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(GET);
                assertThat(client.read(OK.length())).isEqualTo(OK);
            }
            assertThat(server.openConnections()).isOne();
        }

        server.awaitConnectionsOpen(0, HANG);
        assertThat(server.connectionsAccepted()).isOne();
        assertThat(server.requestCount("GET")).isEqualTo(3);
        assertThat(server.requestCount("POST")).isZero();
        assertThat(server.bytesReceived(0))
                .asString(StandardCharsets.ISO_8859_1)
                .isEqualTo(GET + GET + GET);
    }

    @Test
    void recordsRequests() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http().start());

        try (RawClient client = RawClient.http(server.port())) {
            client.send("PUT /a?b=c HTTP/1.1\r\nX-One: 1\r\nx-one:2\r\nContent-Length: 5\r\n\r\nhello");
            client.read(OK.length());
            client.send("POST /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
            client.read(OK.length());
        }

        Request put = server.requests().get(0);
        assertThat(put.toString()).isEqualTo("PUT /a?b=c (connection 0, request 0)");
        assertThat(put.header("X-ONE")).isEqualTo("1");
        assertThat(put.headers("X-One")).containsExactly("1", "2");
        assertThat(put.bodyText()).isEqualTo("hello");
        assertThat(put.complete()).isTrue();
        assertThat(server.requests().get(1).bodyText()).isEqualTo("hello");
        assertThat(server.requests().get(1).index()).isOne();
    }

    @Test
    void recordsARequestWhoseBodyDidNotCome() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http().start());

        try (RawClient client = RawClient.http(server.port())) {
            client.send("POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel");
        }

        server.awaitConnectionsAccepted(1, HANG);
        server.awaitConnectionsOpen(0, HANG);
        assertThat(server.requestCount("POST")).isOne();
        assertThat(server.requests()).singleElement().returns(false, Request::complete);
        assertThat(server.bytesReceived(0))
                .asString(StandardCharsets.ISO_8859_1)
                .endsWith("\r\n\r\nhel");
    }

    @Test
    void followsTheScriptOfEachConnectionAndRequest() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(ok("a"))
                                .request(1)
                                .answer(ok("b"))
                                .then(fin()))
                .onConnection(1, script -> script.request(0).answer(ok("c")))
                .start());

        try (RawClient first = RawClient.http(server.port());
                RawClient second = RawClient.http(server.port())) {
            first.send(GET);
            assertThat(first.read(OK.length() - 1)).endsWith("a");
            first.send(GET);
            assertThat(first.readToEnd().text()).endsWith("b");
            second.send(GET);
            assertThat(second.read(OK.length() - 1)).endsWith("c");
            second.send(GET);
            assertThat(second.read(OK.length())).isEqualTo(OK);
        }
    }

    @Test
    void computesAnAnswerFromTheRequestWhenTheTestLetsIt() throws IOException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ScriptedServer server = leaks.server(ScriptedServer.http()
                .byDefault(request -> {
                    asked.countDown();
                    await(go);
                    return ok(request.target());
                })
                .start());

        try (RawClient client = RawClient.http(server.port())) {
            client.send(GET);
            await(asked);
            assertThat(client.available()).isZero();
            go.countDown();

            assertThat(client.read(OK.length())).endsWith("/a");
        }
    }

    @Test
    void waitsForALatchOfTheTestAtAMoment() throws IOException {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ScriptedServer server = leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script ->
                                script.request(0).then(Effect.call(reached::countDown), Effect.until(go), Effect.rst()))
                .start());

        try (RawClient client = RawClient.http(server.port())) {
            client.send(GET);
            assertThat(client.read(OK.length())).isEqualTo(OK);
            await(reached);
            assertThat(server.openConnections()).isOne();
            go.countDown();

            assertThat(client.readToEnd().end()).isEqualTo(End.RST);
        }
    }

    @Test
    void closesAConnectionThatWasIdleForSomeTime() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).then(idle(Duration.ofMillis(30)), fin()))
                .start());

        try (RawClient client = RawClient.http(server.port())) {
            client.send(GET);

            assertThat(client.readToEnd().text()).isEqualTo(OK);
        }
    }

    @Test
    void keepsAConnectionOnWhichTheNextRequestIsInTime() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.then(idle(HANG), fin()))
                .start());

        try (RawClient client = RawClient.http(server.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(GET);
                assertThat(client.read(OK.length())).isEqualTo(OK);
            }
        }

        server.awaitConnectionsOpen(0, HANG);
    }

    @Test
    void pauseLetsNothingThroughAndGoesOn() throws IOException {
        Duration pause = Duration.ofMillis(30);
        ScriptedServer server = leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.at(Moment.REQUEST_BODY, Effect.pause(pause)))
                .start());

        try (RawClient client = RawClient.http(server.port())) {
            long start = System.nanoTime();
            client.send(GET + GET);

            assertThat(client.read(2 * OK.length())).isEqualTo(OK + OK);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(pause.toNanos());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection: close", "connection: Close"})
    void closesAfterTheAnswerIfTheClientAsksForIt(String header) throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http().start());

        try (RawClient client = RawClient.http(server.port())) {
            client.send("GET /a HTTP/1.1\r\n" + header + "\r\n\r\n");

            assertThat(client.readToEnd()).isEqualTo(new RawClient.Outcome(OK, End.FIN));
        }
    }

    @Test
    void tellsWhichStepsWereNotReached() throws IOException {
        try (ScriptedServer server = ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .cutAfter(1000)
                                .then(idle(HANG), fin())
                                .request(1))
                .onConnection(1, script -> script.at(Moment.ACCEPT, Effect.rst()))
                .start()) {
            try (RawClient client = RawClient.http(server.port())) {
                client.send(GET);
                client.read(OK.length());
            }
            server.awaitConnectionsOpen(0, HANG);

            assertThatThrownBy(server::assertScriptDone)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("The script of the server at port " + server.port() + " was not followed to its end: "
                            + "connection 0, request 0 after 1000 bytes of the response [fin]; "
                            + "connection 0, request 0 at IDLE [idle PT10S, fin]; "
                            + "connection 0, request 1 did not come; "
                            + "connection 1 at ACCEPT [rst]");
        }
    }

    @Test
    void tellsThatAComputedAnswerFailed() throws IOException {
        try (ScriptedServer server = ScriptedServer.http()
                .byDefault(request -> {
                    throw new IllegalStateException("oops");
                })
                .start()) {
            try (RawClient client = RawClient.http(server.port())) {
                client.send(GET);
                assertThat(client.readToEnd().text()).isEmpty();
            }
            server.awaitConnectionsOpen(0, HANG);

            assertThatThrownBy(server::assertScriptDone)
                    .hasMessageContaining("connection 0 failed: java.lang.IllegalStateException: oops");
        }
    }

    @Test
    void refusesConnectionsButKeepsTheOldOnesWhenItStopsListening() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http().start());

        try (RawClient client = RawClient.http(server.port())) {
            client.send(GET);
            client.read(OK.length());
            server.stopListening();

            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawClient.http(server.port()));
            client.send(GET);
            assertThat(client.read(OK.length())).isEqualTo(OK);
        }
    }

    @ParameterizedTest(name = "reset: {0}, TLS: {1}")
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void endsAllConnectionsWhenTheTestSaysSo(boolean reset, boolean tls) throws IOException {
        ScriptedServer server = leaks.server((tls ? ScriptedServer.https() : ScriptedServer.http()).start());

        try (RawClient client =
                tls ? RawClient.https(server.port(), TestTls.clientContext()) : RawClient.http(server.port())) {
            client.send(GET);
            client.read(OK.length());
            if (reset) {
                server.resetConnections();
            } else {
                server.closeConnections();
            }

            assertThat(client.readToEnd().end()).isEqualTo(reset ? End.RST : End.FIN);
        }
        server.awaitConnectionsOpen(0, HANG);
    }

    @Test
    void dropsConnectionsBeyondTheBacklogIfItDoesNotAccept() throws IOException {
        ScriptedServer server =
                leaks.server(ScriptedServer.http().backlog(1).withoutAccepting().start());
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.port());

        try (Socket first = new Socket();
                Socket second = new Socket();
                Socket third = new Socket()) {
            first.connect(address);
            second.connect(address);

            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> third.connect(address, 100));
        }
    }

    @Test
    void listensAgainAtThePortOfAServerThatWasClosed() throws IOException {
        ScriptedServer old = ScriptedServer.http().start();
        old.close();
        ScriptedServer server =
                leaks.server(ScriptedServer.http().port(old.port()).start());

        try (RawClient client = RawClient.http(old.port())) {
            client.send(GET);

            assertThat(client.read(OK.length())).isEqualTo(OK);
        }
        assertThat(server.connectionsAccepted()).isOne();
    }

    @ParameterizedTest(name = "TLS: {0}")
    @ValueSource(booleans = {false, true})
    void closeEndsEveryThreadWhateverItDoes(boolean tls) throws IOException {
        ScriptedServer server = (tls ? ScriptedServer.https() : ScriptedServer.http())
                .onConnection(0, script -> script.at(Moment.REQUEST_BODY, Effect.stall()))
                .onConnection(1, script -> script.at(Moment.RESPONSE_HEAD, Effect.writeForever("x".repeat(10_000))))
                .onConnection(2, script -> script.at(Moment.RESPONSE_HEAD, Effect.drip(1, HANG)))
                .onConnection(
                        3,
                        script -> script.request(0).answer(request -> {
                            await(new CountDownLatch(1));
                            return ok("never");
                        }))
                .start();
        RawClient[] clients = new RawClient[5];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = tls ? RawClient.https(server.port(), TestTls.clientContext()) : RawClient.http(server.port());
            clients[i].send(GET);
        }
        server.awaitRequests(5, HANG);

        server.close();

        for (RawClient client : clients) {
            client.close();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("scripted-server-" + server.port() + "-"));
        assertThat(server.openConnections()).isZero();
    }

    @Test
    void refusesAcceptAsAMomentOfARequest() {
        assertThatThrownBy(() -> ScriptedServer.http().onEveryRequest(request -> request.at(Moment.ACCEPT, fin())))
                .hasMessageContaining("ACCEPT belongs to the connection");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(HANG.toSeconds() * 3, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }
}

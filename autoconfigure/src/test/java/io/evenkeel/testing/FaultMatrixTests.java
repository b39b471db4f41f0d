// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import static io.evenkeel.testing.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.evenkeel.testing.RawClient.End;
import io.evenkeel.testing.RawClient.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every moment with every effect, with and without TLS, as a raw client sees it. */
class FaultMatrixTests {

    private static final Duration HANG = Duration.ofSeconds(10);

    private static final String HEAD = "HTTP/1.1 200 Scripted\r\nContent-Length: 5\r\n\r\n";

    private static final String POST = "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    static Stream<Arguments> momentsAndProtocols() {
        return Arrays.stream(Moment.values())
                .flatMap(moment -> Stream.of(Arguments.of(moment, false), Arguments.of(moment, true)));
    }

    /** Without ACCEPT with TLS, where the client has no channel yet. */
    static Stream<Arguments> momentsWithAnOpenChannel() {
        return momentsAndProtocols()
                .filter(pair -> !pair.get()[0].equals(Moment.ACCEPT) || pair.get()[1].equals(false));
    }

    @ParameterizedTest(name = "{0}, TLS: {1}")
    @MethodSource("momentsAndProtocols")
    void finEndsTheStreamAtItsMoment(Moment moment, boolean tls) throws IOException {
        ScriptedServer server = start(tls, moment, Effect.fin());

        Outcome outcome = call(server, moment, tls);

        assertThat(outcome).isEqualTo(new Outcome(sentUntil(moment), End.FIN));
        server.awaitConnectionsOpen(0, HANG);
    }

    @ParameterizedTest(name = "{0}, TLS: {1}")
    @MethodSource("momentsAndProtocols")
    void finWithoutCloseNotifyEndsTheStreamAtItsMoment(Moment moment, boolean tls) throws IOException {
        ScriptedServer server = start(tls, moment, Effect.finWithoutCloseNotify());

        Outcome outcome = call(server, moment, tls);

        assertThat(outcome).isEqualTo(new Outcome(sentUntil(moment), End.FIN));
    }

    @ParameterizedTest(name = "{0}, TLS: {1}")
    @MethodSource("momentsAndProtocols")
    void rstResetsTheConnectionAtItsMoment(Moment moment, boolean tls) throws IOException {
        ScriptedServer server = start(tls, moment, Effect.rst());

        Outcome outcome = call(server, moment, tls);

        assertThat(outcome.end()).isEqualTo((moment == Moment.ACCEPT && tls) ? End.FIN : End.RST);
        assertThat(outcome.text()).isEqualTo(sentUntil(moment));
        server.awaitConnectionsOpen(0, HANG);
    }

    @ParameterizedTest(name = "{0}, TLS: {1}")
    @MethodSource("momentsWithAnOpenChannel")
    void halfCloseEndsTheStreamAndGoesOnReading(Moment moment, boolean tls) throws IOException {
        ScriptedServer server = start(tls, moment, Effect.halfClose());

        try (RawClient client = connect(server, tls)) {
            client.send(POST);
            assertThat(client.readToEnd()).isEqualTo(new Outcome(sentUntil(moment), End.FIN));
            assertThat(server.openConnections()).isOne();
            client.send("GET /late HTTP/1.1\r\n\r\n");

            server.awaitRequests(2, HANG);
        }

        server.awaitConnectionsOpen(0, HANG);
    }

    @ParameterizedTest(name = "{0}, TLS: {1}")
    @MethodSource("momentsWithAnOpenChannel")
    void stallSendsNothingUntilItIsReleased(Moment moment, boolean tls) throws IOException {
        ScriptedServer server = start(tls, moment, Effect.stall());

        try (RawClient client = connect(server, tls)) {
            client.send(POST);
            String before = client.read(sentUntil(moment).length());
            server.awaitScriptDone(HANG);
            assertThat(client.available()).isZero();
            client.send("GET /next HTTP/1.1\r\n\r\n");
            server.release();

            assertThat(before + client.read(HEAD.length() + 5 - before.length()))
                    .isEqualTo(HEAD + "hello");
            assertThat(client.read(17)).isEqualTo("HTTP/1.1 200 Scri");
        }
    }

    @ParameterizedTest(name = "{0}, TLS: {1}")
    @MethodSource("momentsWithAnOpenChannel")
    void stallNoticesThatTheClientHasGone(Moment moment, boolean tls) throws IOException {
        ScriptedServer server = start(tls, moment, Effect.stall());

        try (RawClient client = connect(server, tls)) {
            client.send(POST);
            client.read(sentUntil(moment).length());
            server.awaitScriptDone(HANG);
        }

        server.awaitConnectionsOpen(0, HANG);
    }

    @ParameterizedTest(name = "{0}, TLS: {1}")
    @MethodSource("momentsAndProtocols")
    void dripSlowsDownWhatIsSentFromItsMomentOn(Moment moment, boolean tls) throws IOException {
        Duration interval = Duration.ofMillis(2);
        int size = (moment == Moment.ACCEPT && tls) ? 200 : 1;
        ScriptedServer server = start(tls, moment, Effect.drip(size, interval));
        long start = System.nanoTime();

        try (RawClient client = connect(server, tls)) {
            client.send(POST);
            assertThat(client.read(HEAD.length() + 5)).isEqualTo(HEAD + "hello");
        }

        int drops = (moment == Moment.ACCEPT && tls)
                ? 5
                : HEAD.length() + 5 - sentUntil(moment).length();
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(interval.multipliedBy(drops - 1).toNanos());
    }

    @ParameterizedTest(name = "{0}, TLS: {1}")
    @MethodSource("momentsWithAnOpenChannel")
    void bytesThatNobodyAskedForAreSentAtTheirMoment(Moment moment, boolean tls) throws IOException {
        ScriptedServer server = start(tls, moment, Effect.write("BANNER"));
        String all = HEAD + "hello";
        String sent = sentUntil(moment);

        try (RawClient client = connect(server, tls)) {
            client.send(POST);

            assertThat(client.read(all.length() + 6)).isEqualTo(sent + "BANNER" + all.substring(sent.length()));
        }
    }

    @Test
    void stallsBeforeTheHandshake() throws IOException {
        ScriptedServer server = start(true, Moment.ACCEPT, Effect.stall());

        try (RawClient client = RawClient.http(server.port())) {
            client.send("the begin of a ClientHello");
            server.awaitScriptDone(HANG);
            assertThat(client.available()).isZero();
        }

        server.awaitConnectionsOpen(0, HANG);
        assertThat(server.handshakes()).isEmpty();
    }

    @Test
    void pausesBeforeTheHandshake() throws IOException {
        Duration pause = Duration.ofMillis(30);
        ScriptedServer server = start(true, Moment.ACCEPT, Effect.pause(pause));
        long start = System.nanoTime();

        connect(server, true).close();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(pause.toNanos());
        server.awaitConnectionsOpen(0, HANG);
        assertThat(server.handshakes()).hasSize(1);
    }

    @ParameterizedTest(name = "TLS: {0}")
    @ValueSource(booleans = {false, true})
    void anAnswerBeforeTheBodyTakesThePlaceOfTheAnswerBehindIt(boolean tls) throws IOException {
        ScriptedServer server = start(tls, Moment.REQUEST_HEAD, Effect.answer(Answer.status(413)), Effect.fin());

        try (RawClient client = connect(server, tls)) {
            client.send("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n");

            assertThat(client.readToEnd().text()).isEqualTo("HTTP/1.1 413 Scripted\r\nContent-Length: 0\r\n\r\n");
        }

        assertThat(server.requests()).singleElement().returns(false, Request::complete);
    }

    @ParameterizedTest(name = "TLS: {0}")
    @ValueSource(booleans = {false, true})
    void cutsTheResponseBehindAnyByte(boolean tls) throws IOException {
        String all = HEAD + "hello";
        for (int count = 0; count <= all.length(); count += step(tls)) {
            int cut = count;
            ScriptedServer server = leaks.server(description(tls)
                    .onConnection(
                            0, script -> script.request(0).answer(ok("hello")).cutAfter(cut))
                    .start());

            assertThat(call(server, Moment.IDLE, tls)).isEqualTo(new Outcome(all.substring(0, cut), End.FIN));
        }
    }

    @ParameterizedTest(name = "TLS: {0}")
    @ValueSource(booleans = {false, true})
    void resetsTheConnectionBehindAnyByteOfTheRequest(boolean tls) throws IOException {
        for (int count = 0; count <= POST.length(); count += step(tls)) {
            int cut = count;
            ScriptedServer server = leaks.server(description(tls)
                    .onConnection(0, script -> script.request(0).afterRequestBytes(cut, Effect.rst()))
                    .start());

            assertThat(call(server, Moment.IDLE, tls)).isEqualTo(new Outcome("", End.RST));
        }
    }

    /** A handshake for each byte would be slow, and TLS has no part in the counting. */
    private static int step(boolean tls) {
        return tls ? 8 : 1;
    }

    private static ServerScript description(boolean tls) {
        return tls ? ScriptedServer.https() : ScriptedServer.http();
    }

    private ScriptedServer start(boolean tls, Moment moment, Effect... effects) {
        return leaks.server(description(tls)
                .byDefault(ok("hello"))
                .onConnection(0, script -> script.at(moment, effects))
                .start());
    }

    private static RawClient connect(ScriptedServer server, boolean tls) throws IOException {
        return tls ? RawClient.https(server.port(), TestTls.clientContext()) : RawClient.http(server.port());
    }

    private static Outcome call(ScriptedServer server, Moment moment, boolean tls) throws IOException {
        if (moment == Moment.ACCEPT && tls) {
            // How a handshake fails depends on how far the ClientHello came.
            assertThatIOException().isThrownBy(() -> connect(server, true).close());
            return new Outcome("", End.FIN);
        }
        try (RawClient client = connect(server, tls)) {
            // Who writes to a closed connection is reset, so at ACCEPT the client only listens.
            if (moment != Moment.ACCEPT) {
                client.send(POST);
            }
            return client.readToEnd();
        }
    }

    private static String sentUntil(Moment moment) {
        return switch (moment) {
            case ACCEPT, REQUEST_HEAD, REQUEST_BODY -> "";
            case RESPONSE_HEAD -> HEAD;
            case RESPONSE_BODY -> HEAD + "he";
            case IDLE -> HEAD + "hello";
        };
    }
}

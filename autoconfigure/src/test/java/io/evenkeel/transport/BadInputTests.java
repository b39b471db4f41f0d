// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.writeForever;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.event.CloseReason;
import io.evenkeel.event.CreationResult;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Ports;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BadInputTests {

    private static final List<String> GARBAGE = List.of(
            "",
            "\0",
            "\0\0\0\0\0\0\0\0",
            "\r\n\r\n",
            "GARBAGE\r\n",
            "HTTP\r\n\r\n",
            "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/1.1 -200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "220 mail.example ESMTP\r\n",
            "-ERR unknown command\r\n",
            "HTTP/1.1 200 OK\r\nnocolon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            "\u0015\u0003\u0003\0\u0002\u0002\u0028");

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    static Stream<Arguments> garbage() {
        return Stream.of(Wiring.values()).flatMap(wiring -> GARBAGE.stream().map(bytes -> arguments(wiring, bytes)));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void answerThatIsNoneFailsItsCallAndNoOther(Wiring wiring, String bytes) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).answer(raw(bytes)).then(fin()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(IOException.class);

        assertThat(client.active()).isZero();
        // The body that cannot be unpacked is at its end as HTTP goes, which is the one good answer here.
        assertThat(client.idle()).isEqualTo(bytes.contains("gzip") ? client.idle() : 0);
        assertThat(server.requests()).hasSize(1);
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void answerThatBreaksTheProtocolDoesNotHoldUpItsCaller(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).answer(raw("HTTP/1.1 200 OK\r\nnocolon\r\n\r\n")))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        long start = System.nanoTime();
        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(IOException.class);

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(1500);
        assertThat(client.events.closed).containsExactly(CloseReason.ERROR);
        server.awaitConnectionsOpen(0, Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void headWithoutAnEndFailsItsCall(Wiring wiring) throws Exception {
        for (String line : List.of("a: b\r\n", "x".repeat(1000), "a: " + "b".repeat(8000) + "\r\n")) {
            ScriptedServer server = this.leaks.server(wiring.server()
                    .onConnection(
                            0,
                            script -> script.request(0)
                                    .answer(raw("HTTP/1.1 200 OK\r\n"))
                                    .then(writeForever(line)))
                    .start());
            TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

            assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(IOException.class);

            assertThat(server.requests()).hasSize(1);
            assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
        }
    }

    @Test
    void unknownHostIsSaidToBeOne() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        assertThatThrownBy(() -> client.get(URI.create("http://no-such-host.invalid/")))
                .isInstanceOf(UnknownHostException.class);

        assertThat(client.events.created).containsExactly(CreationResult.DNS);
        assertThat(client.events.routes).containsExactly("http://no-such-host.invalid");
        assertThat(client.events.closed).isEmpty();
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @Test
    void refusedConnectionIsSaidToBeOne() throws Exception {
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        int port = Ports.refusing(this.leaks);

        for (String scheme : List.of("http", "https")) {
            assertThatThrownBy(() -> client.get(URI.create(scheme + "://127.0.0.1:" + port + "/")))
                    .isInstanceOf(ConnectException.class);
        }

        assertThat(client.events.created).containsOnly(CreationResult.CONNECT).hasSize(2);
        assertThat(client.active()).isZero();
    }

    @Test
    void refusedProxyIsSaidToBeOne() throws Exception {
        int port = Ports.refusing(this.leaks);
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", port))));

        for (String scheme : List.of("http", "https")) {
            assertThatThrownBy(() -> client.get(URI.create(scheme + "://origin.invalid/")))
                    .isInstanceOf(ConnectException.class);
        }

        assertThat(client.events.created).containsOnly(CreationResult.PROXY).hasSize(2);
    }

    @Test
    void connectTimeoutEndsAConnectThatNobodyAnswers() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().backlog(1).withoutAccepting().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.connectTimeout(Duration.ofMillis(200)));
        try (java.net.Socket first = new java.net.Socket("127.0.0.1", server.port());
                java.net.Socket second = new java.net.Socket("127.0.0.1", server.port())) {
            assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(java.net.SocketTimeoutException.class);
        }
        assertThat(client.events.created).containsExactly(CreationResult.CONNECT);
        assertThat(client.active()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void connectionThatEndsAtOnceFailsItsCallOnly(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.at(Moment.ACCEPT, fin()))
                .onConnection(1, script -> script.at(Moment.ACCEPT, io.evenkeel.testing.Effect.rst()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(IOException.class);
            assertThat(client.active()).isZero();
        }

        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
        // A reset may come while the connection is being opened; then there is none to be closed.
        assertThat(client.events.closed).containsOnly(CloseReason.ERROR).hasSizeBetween(1, 2);
    }
}

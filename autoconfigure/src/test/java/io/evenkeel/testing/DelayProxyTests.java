// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.RawClient.End;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DelayProxyTests {

    private static final Duration DELAY = Duration.ofMillis(20);

    private static final Duration HANG = Duration.ofSeconds(10);

    private static final String GET = "GET /a HTTP/1.1\r\n\r\n";

    private static final String OK = "HTTP/1.1 200 Scripted\r\nContent-Length: 2\r\n\r\nok";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void delaysEachDirectionAndCountsItsBytes() throws IOException {
        DelayProxy proxy = proxyTo(ScriptedServer.http());

        try (RawClient client = RawClient.http(proxy.port())) {
            long start = System.nanoTime();
            client.send(GET);
            assertThat(client.read(OK.length())).isEqualTo(OK);

            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * DELAY.toNanos());
            assertThat(proxy.connectionsAccepted()).isOne();
            assertThat(proxy.bytesToServer()).isEqualTo(GET.length());
            // The client may have the bytes before they are counted.
            awaitValue(proxy::bytesToClient, OK.length());
        }
    }

    @Test
    void passesOnTheEndOfTheServer() throws IOException {
        DelayProxy proxy = proxyTo(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).then(Effect.fin())));

        assertThat(endOf(proxy)).isEqualTo(End.FIN);
    }

    @Test
    void passesOnTheResetOfTheServer() throws IOException {
        DelayProxy proxy = proxyTo(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).then(Effect.rst())));

        assertThat(endOf(proxy)).isEqualTo(End.RST);
    }

    @Test
    void passesOnTheEndAndTheResetOfTheClient() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http().start());
        DelayProxy proxy = leaks.closeAfter(DelayProxy.to(server.port(), DELAY));

        try (RawClient first = RawClient.http(proxy.port());
                RawClient second = RawClient.http(proxy.port())) {
            server.awaitConnectionsAccepted(2, HANG);
            first.endOutput();
            assertThat(first.readToEnd().end()).isEqualTo(End.FIN);
            server.awaitConnectionsOpen(1, HANG);
            second.reset();
        }

        server.awaitConnectionsOpen(0, HANG);
    }

    @Test
    void resetsAConnectionThatTheServerRefuses() throws IOException {
        ScriptedServer server = leaks.server(ScriptedServer.http().start());
        server.stopListening();
        DelayProxy proxy = leaks.closeAfter(DelayProxy.to(server.port(), DELAY));

        try (RawClient client = RawClient.http(proxy.port())) {
            assertThat(client.readToEnd().end()).isEqualTo(End.RST);
        }
    }

    @Test
    void resetsASenderWhoseReceiverHasGoneAndForgetsTheConnection() throws IOException {
        DelayProxy proxy = proxyTo(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).then(Effect.fin())));

        try (RawClient client = RawClient.http(proxy.port())) {
            client.send(GET);
            assertThat(client.readToEnd().end()).isEqualTo(End.FIN);
            assertThat(whatSendingEndsWith(client)).isNotNull();
        }

        awaitValue(() -> threadsOf(proxy, "0-"), 0);
    }

    @Test
    void closeEndsItsThreads() throws IOException {
        DelayProxy proxy = proxyTo(ScriptedServer.http());

        try (RawClient client = RawClient.http(proxy.port())) {
            client.send(GET);
            client.read(OK.length());
            proxy.close();

            assertThat(threadsOf(proxy, "")).isZero();
        }
    }

    private static long threadsOf(DelayProxy proxy, String connection) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("delay-proxy-" + proxy.port() + "-" + connection))
                .count();
    }

    private static IOException whatSendingEndsWith(RawClient client) {
        long start = System.nanoTime();
        try {
            while (System.nanoTime() - start < HANG.toNanos()) {
                client.send(GET);
                LockSupport.parkNanos(DELAY.toNanos());
            }
        } catch (IOException ex) {
            return ex;
        }
        throw new AssertionError("Nothing ended it");
    }

    private DelayProxy proxyTo(ServerScript script) {
        ScriptedServer server = leaks.server(script.start());
        return leaks.closeAfter(DelayProxy.to(server.port(), DELAY));
    }

    private static End endOf(DelayProxy proxy) throws IOException {
        try (RawClient client = RawClient.http(proxy.port())) {
            client.send(GET);
            assertThat(client.read(OK.length())).isEqualTo(OK);
            long start = System.nanoTime();
            End end = client.readToEnd().end();
            assertThat(System.nanoTime() - start).isLessThan(HANG.toNanos());
            return end;
        }
    }

    private static void awaitValue(LongSupplier value, long expected) {
        long start = System.nanoTime();
        while (value.getAsLong() != expected && System.nanoTime() - start < HANG.toNanos()) {
            Thread.onSpinWait();
        }
        assertThat(value.getAsLong()).isEqualTo(expected);
    }
}

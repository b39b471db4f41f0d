// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeakCheckTests {

    private final LeakCheck leaks = new LeakCheck(Duration.ofMillis(50));

    @Test
    void isContentIfNothingIsLeft() {
        leaks.watchLeases("pool", () -> 0);
        leaks.server(ScriptedServer.http().start());

        assertThatCode(leaks::check).doesNotThrowAnyException();
    }

    @Test
    void reportsALease() {
        leaks.watchLeases("billing", () -> 2);

        assertThatThrownBy(leaks::check)
                .isInstanceOf(AssertionError.class)
                .hasMessage("The test left behind:\n - billing: 2 leased. Was a response not closed?");
    }

    @Test
    void countsLeasesBeforeItClosesTheirOwner() {
        AtomicInteger leased = new AtomicInteger(1);
        leaks.watchLeases("billing", leased::get);
        leaks.closeAfter(() -> leased.set(0));

        assertThatThrownBy(leaks::check).hasMessageContaining("billing: 1 leased");
    }

    @Test
    void givesALeaseAMomentToEnd() {
        AtomicInteger left = new AtomicInteger(3);
        LeakCheck patient = new LeakCheck();
        patient.watchLeases("billing", () -> Math.max(0, left.getAndDecrement()));

        assertThatCode(patient::check).doesNotThrowAnyException();
    }

    @Test
    void reportsAThread() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    try {
                        end.await();
                    } catch (InterruptedException ex) {
                        Thread.currentThread().interrupt();
                    }
                },
                "evenkeel-leaked");
        thread.start();
        try {
            assertThatThrownBy(leaks::check)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("The test left behind:\n - thread evenkeel-leaked, in [");
        } finally {
            end.countDown();
            thread.join();
        }
    }

    @Test
    void reportsASocketInCloseWaitAtAPort() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        try (ServerSocket server = new ServerSocket(0);
                Socket socket = new Socket("localhost", server.getLocalPort())) {
            server.accept().close();
            leaks.port(server.getLocalPort());

            assertThatThrownBy(leaks::check)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("The test left behind:\n - socket in CLOSE_WAIT: local port " + socket.getLocalPort()
                            + " to remote port " + server.getLocalPort()
                            + ". The server has closed it, and we have not");
            socket.close();
            assertThatCode(leaks::check).doesNotThrowAnyException();
        }
    }

    @Test
    void reportsASocketThatWasStillOpenWhenItsServerWasClosed() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        ScriptedServer server = leaks.server(ScriptedServer.http().start());
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            server.awaitConnectionsOpen(1, Duration.ofSeconds(10));

            assertThatThrownBy(leaks::check).hasMessageContaining("local port " + socket.getLocalPort());
        }
    }

    @Test
    void reportsAScriptThatWasNotFollowed() {
        leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0))
                .start());

        assertThatThrownBy(leaks::check).hasMessageContaining("connection 0, request 0 did not come");
    }

    @Test
    void closesTheLastResourceFirstAndAllOfThem() {
        List<String> closed = new ArrayList<>();
        leaks.closeAfter(() -> closed.add("first"));
        leaks.closeAfter(new Broken());
        leaks.closeAfter(() -> closed.add("last"));

        assertThatThrownBy(leaks::check)
                .hasMessage(
                        "The test left behind:\n - Broken could not be closed: java.lang.IllegalStateException: no");
        assertThat(closed).containsExactly("last", "first");
    }

    @Test
    void closesItsServers() {
        ScriptedServer server = leaks.server(ScriptedServer.http().start());

        leaks.check();

        assertThatThrownBy(() -> RawClient.http(server.port())).isInstanceOf(IOException.class);
    }

    private record Broken() implements AutoCloseable {

        @Override
        public void close() {
            throw new IllegalStateException("no");
        }

        @Override
        public String toString() {
            return "Broken";
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LeftoversTests {

    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final Findings findings = new Findings();
    private final Leftovers before = new Leftovers(PATIENCE);

    @Test
    void findsNothingWhereNothingIsLeft() {
        this.before.look(Set.of(), this.findings);

        assertThat(this.findings.table()).doesNotContain("- ");
    }

    @Test
    void findsDescriptors() throws IOException {
        assumeThat(Path.of("/proc/self/fd")).exists();
        List<ServerSocket> open = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            open.add(new ServerSocket(0));
        }

        this.before.look(Set.of(), this.findings);

        for (ServerSocket each : open) {
            each.close();
        }
        assertThat(this.findings.count(Finding.DESCRIPTORS_LEFT)).isOne();
    }

    @Test
    void findsAThread() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread left = new Thread(() -> {
            try {
                end.await();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        });
        left.start();

        this.before.look(Set.of(), this.findings);

        end.countDown();
        left.join();
        assertThat(this.findings.count(Finding.THREADS_LEFT)).isOne();
    }

    @Test
    void findsASocketWhoseServerHasClosed() throws IOException {
        assumeThat(Files.isReadable(Path.of("/proc/self/net/tcp"))).isTrue();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            server.accept().close();

            this.before.look(Set.of(server.getLocalPort()), this.findings);

            assertThat(client.isConnected()).isTrue();
        }
        assertThat(this.findings.count(Finding.CLOSE_WAIT)).isOne();
    }

    @Test
    void findsMemory() {
        byte[] left = new byte[24 << 20];

        this.before.look(Set.of(), this.findings);

        assertThat(left).isNotEmpty();
        assertThat(this.findings.count(Finding.HEAP_LEFT)).isOne();
    }
}

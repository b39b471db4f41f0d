// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One TLS record that comes byte by byte is one read of the answer and many of the socket: the limits hold all the same. */
class DripBelowTlsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void aResponseHeadInADrippingRecordIsLateAfterTheReadTimeout() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        DrippingProxy proxy = this.leaks.closeAfter(new DrippingProxy(server.port()));
        TestClient client = TestClient.with(this.leaks, settings -> settings.readTimeout(Duration.ofMillis(300)));
        client.get(proxy.uri());

        proxy.drip();

        // Byte by byte the head would take seconds, and no single read of the socket is late.
        assertThatThrownBy(() -> client.get(proxy.uri())).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void theRestOfABodyInADrippingRecordIsNotWaitedFor() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.https().byDefault(ok("x".repeat(40_000))).start());
        DrippingProxy proxy = this.leaks.closeAfter(new DrippingProxy(server.port()));
        TestClient client = TestClient.withDefaults(this.leaks);
        ClassicHttpResponse response = client.http().executeOpen(null, new HttpGet(proxy.uri()), null);
        InputStream body = response.getEntity().getContent();
        assertThat(body.read()).isEqualTo('x');

        proxy.drip();
        long start = System.nanoTime();
        body.close();

        // Undripped the rest would be there at once and the connection kept; dripped it would take minutes.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(client.active()).isZero();
    }

    /** Hands everything on, the answers byte by byte once it is told to. */
    private static final class DrippingProxy implements AutoCloseable {

        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final int target;
        private volatile boolean dripping;

        DrippingProxy(int target) throws IOException {
            this.target = target;
            start("accept", this::accept);
        }

        URI uri() {
            return URI.create("https://127.0.0.1:" + this.listener.getLocalPort() + "/");
        }

        void drip() {
            this.dripping = true;
        }

        private void accept() throws IOException {
            while (true) {
                Socket client = this.listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
                this.sockets.add(client);
                this.sockets.add(server);
                start("up", () -> client.getInputStream().transferTo(server.getOutputStream()));
                start("down", () -> handDown(server.getInputStream(), client.getOutputStream()));
            }
        }

        private void handDown(InputStream in, OutputStream out) throws IOException {
            // Small pieces, so that a body is under way for long enough to be dripped from its middle.
            byte[] piece = new byte[512];
            int read;
            while ((read = in.read(piece)) >= 0) {
                for (int i = 0; i < read; i++) {
                    if (this.dripping) {
                        out.write(piece, i, 1);
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                    } else {
                        out.write(piece, i, read - i);
                        break;
                    }
                }
            }
        }

        private void start(String name, Step step) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            step.run();
                        } catch (IOException ex) {
                            // One of the sockets is closed.
                        }
                    },
                    "dripping-proxy-" + name);
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            this.listener.close();
            for (Socket socket : this.sockets) {
                socket.close();
            }
        }

        private interface Step {

            void run() throws IOException;
        }
    }
}

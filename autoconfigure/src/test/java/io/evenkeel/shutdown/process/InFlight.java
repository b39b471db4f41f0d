// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A request that has been sent. Its answer can be read when the process is gone, too. */
final class InFlight implements AutoCloseable {

    private static final int HANG_MILLIS = 10_000;

    private final Socket socket;

    private InFlight(Socket socket) {
        this.socket = socket;
    }

    /** Asks an application at this port for work. */
    static InFlight send(int port, Work work) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            socket.setSoTimeout(HANG_MILLIS);
            String head = "GET /work?" + work.toQuery() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException ex) {
            socket.close();
            throw ex;
        }
        return new InFlight(socket);
    }

    /** {@return all that was received, empty without an answer} */
    String answer() {
        StringBuilder answer = new StringBuilder();
        try {
            InputStream in = this.socket.getInputStream();
            int next = in.read();
            while (next >= 0) {
                answer.append((char) next);
                next = in.read();
            }
        } catch (IOException ex) {
            // A reset ends the answer as well.
        }
        return answer.toString();
    }

    @Override
    public void close() {
        try {
            this.socket.close();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}

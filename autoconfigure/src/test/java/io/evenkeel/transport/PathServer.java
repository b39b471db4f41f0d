// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.testing.TestTls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server for many calls that does to each what its path says: {@code /ok} answers, {@code /bye} answers and closes,
 * {@code /kept-reset} resets all but the first request of a connection, {@code /short} breaks off, {@code /long} answers
 * with 200 KB, {@code /chunked} in chunks, {@code /login} wants credentials, {@code /moved} leads to {@code /ok}.
 */
final class PathServer implements AutoCloseable {

    private static final Map<String, String> ANSWERS = Map.of(
            "/login", "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nno",
            "/moved", "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 2\r\n\r\nno",
            "/short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nno",
            "/long", "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(200_000),
            "/chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ServerSocket listener;
    private final boolean secure;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger mostOpen = new AtomicInteger();

    PathServer(boolean secure) throws IOException {
        this.secure = secure;
        InetAddress local = InetAddress.getByName("127.0.0.1");
        this.listener = secure
                ? TestTls.serverContext(TestTls.Identity.SERVER)
                        .getServerSocketFactory()
                        .createServerSocket(0, 500, local)
                : new ServerSocket(0, 500, local);
        start(this::acceptAll);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "path-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return this.listener.getLocalPort();
    }

    URI uri(String path) {
        return URI.create((this.secure ? "https" : "http") + "://127.0.0.1:" + port() + path);
    }

    /** {@return connections that the client has not closed} */
    int open() {
        return this.open.size();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = this.listener.accept();
                this.open.add(socket);
                this.mostOpen.accumulateAndGet(this.open.size(), Math::max);
                start(() -> serve(socket));
            }
        } catch (IOException ex) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int served = 0; answer(socket, in, served); served++) {
                // The next one.
            }
        } catch (IOException ex) {
            // The client went away.
        } finally {
            this.open.remove(socket);
        }
    }

    /** {@return whether the connection may go on} */
    private static boolean answer(Socket socket, InputStream in, int served) throws IOException {
        String first = line(in);
        if (first == null) {
            return false;
        }
        int length = 0;
        boolean authorized = false;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            if (header.startsWith("Content-Length: ")) {
                length = Integer.parseInt(header.substring("Content-Length: ".length()));
            }
            authorized |= header.startsWith("Authorization: ");
        }
        in.skipNBytes(length);
        String path = first.split(" ")[1];
        if (path.equals("/kept-reset") && served > 0) {
            socket.setSoLinger(true, 0);
            return false;
        }
        String answer = authorized ? OK : ANSWERS.getOrDefault(path, OK);
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        return !path.equals("/bye") && !path.equals("/short");
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        this.listener.close();
        for (Socket socket : this.open) {
            socket.close();
        }
    }
}

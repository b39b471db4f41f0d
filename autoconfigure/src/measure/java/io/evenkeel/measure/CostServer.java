// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import io.evenkeel.testing.TestTls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;

/**
 * A server in a process of its own, so that its work is not taken for a client's: nginx where it is installed, else a small
 * one in another JVM. It keeps connections, however many requests come on them.
 */
final class CostServer implements AutoCloseable {

    private static final Path NGINX = Path.of("/usr/sbin/nginx");

    private final Process process;
    private final Path directory;
    private final int port;
    private final int tlsPort;

    private CostServer(Process process, Path directory, int port, int tlsPort) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    static boolean isNginx() {
        return Files.isExecutable(NGINX) && !Boolean.getBoolean("ownServer");
    }

    static CostServer start() throws IOException {
        Path directory = Files.createTempDirectory("evenkeel-cost");
        // The workers of nginx may be those of another user.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        int port = freePort();
        int tlsPort = freePort();
        ProcessBuilder command;
        if (isNginx()) {
            Path configuration = Files.writeString(directory.resolve("nginx.conf"), nginx(directory, port, tlsPort));
            command = new ProcessBuilder(
                    NGINX.toString(), "-p", directory.toString(), "-c", configuration.toString(), "-e", "stderr");
        } else {
            command = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    CostServer.class.getName(),
                    String.valueOf(port),
                    String.valueOf(tlsPort));
        }
        Process process = command.inheritIO().start();
        CostServer server = new CostServer(process, directory, port, tlsPort);
        try {
            awaitListening(port);
            awaitListening(tlsPort);
            return server;
        } catch (IOException | RuntimeException ex) {
            server.close();
            throw ex;
        }
    }

    String url(boolean tls, Exchanged exchanged) {
        return (tls ? "https://localhost:" + this.tlsPort : "http://localhost:" + this.port) + exchanged.path();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(int port) throws IOException {
        long start = System.nanoTime();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException ex) {
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10)) {
                    throw ex;
                }
                pause();
            }
        }
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(20);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private static String nginx(Path directory, int port, int tlsPort) throws IOException {
        Path certificate = Files.writeString(directory.resolve("server.pem"), TestTls.Identity.SERVER.certificatePem());
        Path key = Files.writeString(directory.resolve("server.key"), TestTls.Identity.SERVER.keyPem());
        StringBuilder locations = new StringBuilder();
        for (Exchanged each : Exchanged.values()) {
            // A file, since a parameter of nginx cannot be that long.
            Files.writeString(directory.resolve(each.path().substring(1)), each.answer());
            locations.append("location = %s { default_type %s; %s }\n"
                    .formatted(
                            each.path(),
                            each.contentType(),
                            (each == Exchanged.UPLOAD) ? "return 200 '" + each.answer() + "';" : ""));
        }
        return """
            daemon off; worker_processes 1; pid %1$s/nginx.pid;
            events { worker_connections 1024; }
            http {
              access_log off; error_log stderr crit; root %1$s; keepalive_requests 1000000000; keepalive_timeout 1h;
              open_file_cache max=10; sendfile on; tcp_nopush on; output_buffers 2 128k;
              client_body_temp_path %1$s/b; proxy_temp_path %1$s/p; fastcgi_temp_path %1$s/f;
              uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
              server {
                listen 127.0.0.1:%2$d; listen 127.0.0.1:%3$d ssl; ssl_protocols TLSv1.3;
                ssl_certificate %4$s; ssl_certificate_key %5$s;
                %6$s
              }
            }
            """.formatted(directory, port, tlsPort, certificate, key, locations);
    }

    @Override
    public void close() throws IOException {
        this.process.destroy();
        try {
            this.process.waitFor();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        FileSystemUtils.deleteRecursively(this.directory);
    }

    /** The small server: ports without and with TLS. */
    public static void main(String[] args) throws IOException {
        Map<String, byte[]> answers = new TreeMap<>();
        for (Exchanged each : Exchanged.values()) {
            answers.put(
                    each.path(),
                    "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(each.contentType(), each.answer().length(), each.answer())
                            .getBytes(StandardCharsets.US_ASCII));
        }
        InetAddress loopback = InetAddress.getLoopbackAddress();
        listen(new ServerSocket(Integer.parseInt(args[0]), 500, loopback), answers);
        listen(
                TestTls.serverContext(TestTls.Identity.SERVER)
                        .getServerSocketFactory()
                        .createServerSocket(Integer.parseInt(args[1]), 500, loopback),
                answers);
    }

    private static void listen(ServerSocket listener, Map<String, byte[]> answers) {
        new Thread(
                        () -> {
                            while (true) {
                                try {
                                    Socket socket = listener.accept();
                                    socket.setTcpNoDelay(true);
                                    new Thread(() -> serve(socket, answers), "cost-connection").start();
                                } catch (IOException ex) {
                                    throw new IllegalStateException(ex);
                                }
                            }
                        },
                        "cost-listener")
                .start();
    }

    private static void serve(Socket socket, Map<String, byte[]> answers) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (true) {
                String path = RawCaller.readLine(in).split(" ")[1];
                int length = RawCaller.contentLength(in);
                in.skipNBytes(length);
                out.write(answers.get(path));
            }
        } catch (IOException | RuntimeException ex) {
            // The client has gone.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * A server for tests. {@code /redirect} leads to {@code /hello}, {@code /slow} does not answer before the server is
 * closed, {@code /cookie} sets a cookie, {@code /head?lines=2&length=3} has so many more header lines with values of that
 * length, all else says hello. It remembers each request.
 */
public final class WebServer implements AutoCloseable {

    private final HttpServer server;
    private final String scheme;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newCachedThreadPool();

    private WebServer(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/", this::handle);
        server.setExecutor(this.executor);
        server.start();
    }

    public static WebServer http() {
        try {
            return new WebServer(HttpServer.create(loopback(), 0), "http");
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    public static WebServer https(SSLContext context) {
        try {
            HttpsServer server = HttpsServer.create(loopback(), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            return new WebServer(server, "https");
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    public String url(String path) {
        return this.scheme + "://localhost:" + port() + path;
    }

    public int port() {
        return this.server.getAddress().getPort();
    }

    public List<Request> requests() {
        return this.requests;
    }

    public Request lastRequest() {
        return this.requests.get(this.requests.size() - 1);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        this.requests.add(new Request(
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getFirst("Cookie"),
                exchange.getRequestHeaders().getFirst("User-Agent"),
                exchange.getRequestHeaders().getFirst("X-Test")));
        try (exchange) {
            if (path.equals("/slow")) {
                this.closed.await();
                return;
            }
            if (path.equals("/redirect")) {
                exchange.getResponseHeaders().set("Location", "/hello");
            }
            if (path.equals("/cookie")) {
                exchange.getResponseHeaders().set("Set-Cookie", "session=1; Path=/");
            }
            if (path.equals("/head")) {
                String[] query = exchange.getRequestURI().getQuery().split("\\D+");
                for (int i = 0; i < Integer.parseInt(query[1]); i++) {
                    exchange.getResponseHeaders().set("X-Head-" + i, "x".repeat(Integer.parseInt(query[2])));
                }
            }
            byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(path.equals("/redirect") ? 302 : 200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Override
    public void close() {
        this.closed.countDown();
        this.server.stop(0);
        this.executor.shutdownNow();
    }

    public record Request(String uri, String cookie, String userAgent, String test) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server at 127.0.0.1 that fails as it is told: a script says at which {@link Moment} of which request of
 * which connection it has which {@link Effect}. What it counts and records is the evidence of a test: a client may
 * claim that it sent nothing twice, but the server knows.
 *
 * <pre>{@code
 * try (ScriptedServer server = ScriptedServer.http()
 *         .onConnection(0, script -> script.request(0).answer(ok("x")).then(idle(Duration.ofMillis(200)), fin()))
 *         .start()) {
 *     client.get(server.uri("/"));
 *     server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
 *     server.assertScriptDone();
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. It does not judge requests: any line is a request line. It does not answer
 * {@code Expect: 100-continue} on its own; {@code at(REQUEST_HEAD, write("HTTP/1.1 100 Continue\r\n\r\n"))} does.
 */
public final class ScriptedServer implements AutoCloseable {

    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);

    private final ServerScript script;

    private final Wire.@Nullable ServerTls tls;

    private final RawSocket.Listener listener;

    private final int port;

    private final Evidence evidence = new Evidence();

    private final CountDownLatch released = new CountDownLatch(1);

    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    private volatile boolean scriptGivenUp;
    private volatile boolean closing;

    ScriptedServer(ServerScript script, Wire.@Nullable ServerTls tls, RawSocket.Listener listener, boolean accepting) {
        this.script = script;
        this.tls = tls;
        this.listener = listener;
        this.port = listener.getLocalPort();
        if (accepting) {
            start("accept", this::acceptAll);
        }
    }

    /** {@return the description of a server without TLS} */
    public static ServerScript http() {
        return new ServerScript(null);
    }

    /** {@return the description of a server with TLS and the certificate of {@link TestTls.Identity#SERVER}} */
    public static ServerScript https() {
        return new ServerScript(TestTls.Identity.SERVER);
    }

    private void acceptAll() {
        try {
            for (int index = 0; !this.closing; index++) {
                Wire wire = Wire.accept(this.listener, this.tls != null, this.released);
                ServerConnection connection = new ServerConnection(index, wire, this.script, this.evidence, this.tls);
                this.evidence.accepted(connection);
                start(String.valueOf(index), connection);
            }
        } catch (IOException ex) {
            // The listener is closed.
        }
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(work, "scripted-server-" + this.port + "-" + name);
        thread.setDaemon(true);
        this.threads.add(thread);
        thread.start();
    }

    /** {@return the port at which it listens, or did} */
    public int port() {
        return this.port;
    }

    /** {@return the address of a path, with 127.0.0.1 as host} */
    public URI uri(String path) {
        return URI.create(((this.tls != null) ? "https" : "http") + "://127.0.0.1:" + this.port + path);
    }

    /** {@return how many connections were accepted} */
    public int connectionsAccepted() {
        return this.evidence.accepted().size();
    }

    /** {@return how many connections are open on this side} It notices that a client has closed. */
    public int openConnections() {
        return this.evidence.open().size();
    }

    /** {@return all requests whose head came, in this order; a complete one takes the place of its head} */
    public List<Request> requests() {
        return this.evidence.requests();
    }

    /** {@return how many requests with this method came, complete or not} */
    public int requestCount(String method) {
        return (int) requests().stream()
                .filter(request -> request.method().equals(method))
                .count();
    }

    /** {@return every byte that was received on the connection, decrypted, well-formed or not} */
    public byte[] bytesReceived(int connection) {
        return this.evidence.accepted().get(connection).wire().received();
    }

    /** {@return all completed TLS handshakes, in the order of their end} */
    public List<Handshake> handshakes() {
        return this.evidence.handshakes();
    }

    /** {@return why TLS handshakes failed, as this side sees it} */
    public List<String> handshakeFailures() {
        return this.evidence.handshakeFailures();
    }

    /** Waits until exactly so many connections are open on this side. */
    public void awaitConnectionsOpen(int count, Duration limit) {
        this.evidence.await(
                () -> openConnections() == count,
                limit,
                () -> "Expected " + count + " open connections, but " + openConnections() + " were");
    }

    /** Waits until at least so many connections were accepted. */
    public void awaitConnectionsAccepted(int count, Duration limit) {
        this.evidence.await(
                () -> connectionsAccepted() >= count,
                limit,
                () -> "Expected " + count + " accepted connections, but there were " + connectionsAccepted());
    }

    /** Waits until the heads of at least so many requests have come. */
    public void awaitRequests(int count, Duration limit) {
        this.evidence.await(
                () -> requests().size() >= count,
                limit,
                () -> "Expected " + count + " requests, but these came: " + requests());
    }

    /** Waits until every step of the script has begun. */
    public void awaitScriptDone(Duration limit) {
        this.evidence.await(() -> missing().isEmpty(), limit, this::complaint);
    }

    /** Ends all stalls, also those to come. */
    public void release() {
        this.released.countDown();
    }

    /** Closes the listener, so that connecting is refused, and keeps the connections. */
    public void stopListening() {
        try {
            this.listener.close();
            // The kernel listens until the last thread has left accept().
            join(this.threads.stream()
                    .filter(thread -> thread.getName().endsWith("accept"))
                    .toList());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Closes all open connections: close_notify and FIN have been sent when it returns. */
    public void closeConnections() {
        end(wire -> wire.finFromOutside(true));
    }

    /** Resets all open connections: RST has been sent when it returns. */
    public void resetConnections() {
        end(Wire::rst);
    }

    private void end(Ending ending) {
        for (ServerConnection connection : this.evidence.open()) {
            try {
                ending.end(connection.wire());
            } catch (IOException ex) {
                // The peer was faster, and the socket is closed all the same.
            }
        }
    }

    /**
     * Fails if something that {@link ServerScript#onConnection} describes did not happen, or a computed answer failed.
     */
    public void assertScriptDone() {
        if (!missing().isEmpty()) {
            throw new AssertionError(complaint());
        }
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>(this.evidence.failures());
        if (!this.scriptGivenUp) {
            missing.addAll(this.script.missing());
        }
        return missing;
    }

    /** Expects no more of the script: a test has seen that its client did not come so far, and tries again. */
    public void giveScriptUp() {
        this.scriptGivenUp = true;
    }

    private String complaint() {
        return "The script of the server at port " + this.port + " was not followed to its end: "
                + String.join("; ", missing());
    }

    /** Closes everything and waits for its threads. Does not judge whether the script was followed. */
    @Override
    public void close() {
        this.closing = true;
        stopListening();
        end(wire -> wire.finFromOutside(false));
        this.threads.forEach(Thread::interrupt);
        join(this.threads);
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join(JOIN_LIMIT.toMillis());
                if (thread.isAlive()) {
                    throw new IllegalStateException(
                            thread.getName() + " does not end: it is in " + List.of(thread.getStackTrace()));
                }
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while closing the server", ex);
        }
    }

    @FunctionalInterface
    private interface Ending {

        void end(Wire wire) throws IOException;
    }

    @Override
    public String toString() {
        return "ScriptedServer[" + uri("") + "]";
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.TestTls.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A server that does to each request what the request asks for ({@link Fault}), as fast as blocking sockets can. */
final class FaultyServer implements AutoCloseable {

    /** The header of each answer that says whose it is. */
    static final String ID = "X-Answer-To";

    /** What may be asked of a server. */
    enum Manners {
        /** No fault. */
        HEALTHY,
        /** Any fault that a request names. */
        FAULTY,
        /** Besides, connections fail before there is a request. */
        RUDE
    }

    private final ServerSocket listener;
    private final @Nullable SSLContext tls;
    private final String protocol;
    private final Manners manners;
    private final Ledger ledger;
    private final UnaryOperator<String> answersAs;
    private final Random random;
    private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "soak-server");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param protocol of TLS, empty for none
     * @param answersAs makes of the id of a request the one in the body of its answer: the same, but for a test of the soak
     */
    FaultyServer(String protocol, Manners manners, Ledger ledger, UnaryOperator<String> answersAs, long seed)
            throws IOException {
        this.protocol = protocol;
        this.tls = protocol.isEmpty() ? null : TestTls.serverContext(Identity.SERVER);
        this.manners = manners;
        this.ledger = ledger;
        this.answersAs = answersAs;
        this.random = new Random(seed);
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        this.threads.execute(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Peer peer = new Peer(this.listener.accept(), this, new Random(this.random.nextLong()));
                this.peers.add(peer);
                this.threads.execute(peer);
            }
        } catch (IOException ex) {
            // It is closed.
        }
    }

    /** {@return the socket to serve, with TLS if there is any} */
    Socket secure(Socket raw) throws IOException {
        if (this.tls == null) {
            return raw;
        }
        SSLSocket secured = (SSLSocket) this.tls.getSocketFactory().createSocket(raw, "localhost", raw.getPort(), true);
        secured.setUseClientMode(false);
        secured.setEnabledProtocols(new String[] {this.protocol});
        return secured;
    }

    /** {@return whether connections fail before there is a request, too} */
    boolean isRude() {
        return this.manners == Manners.RUDE;
    }

    /** {@return whether nothing fails} */
    boolean isHealthy() {
        return this.manners == Manners.HEALTHY;
    }

    boolean isTls() {
        return this.tls != null;
    }

    Ledger ledger() {
        return this.ledger;
    }

    String answersAs(String id) {
        return this.answersAs.apply(id);
    }

    void gone(Peer peer) {
        this.peers.remove(peer);
    }

    int port() {
        return this.listener.getLocalPort();
    }

    String url() {
        return (isTls() ? "https" : "http") + "://localhost:" + port();
    }

    @Override
    public String toString() {
        return isTls() ? this.protocol : "plain";
    }

    @Override
    public void close() {
        try {
            this.listener.close();
        } catch (IOException ex) {
            // It is closed.
        }
        this.peers.forEach(Peer::close);
        this.threads.shutdownNow();
    }
}

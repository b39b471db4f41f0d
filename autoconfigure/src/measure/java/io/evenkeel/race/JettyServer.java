// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import io.evenkeel.testing.TestTls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** Jetty. */
final class JettyServer implements RaceServer {

    private final Server server;
    private final ServerConnector connector;

    private JettyServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    static JettyServer start(boolean tls, Duration idleTimeout, boolean random, Ledger ledger) {
        Server server = new Server(new QueuedThreadPool(50, 4));
        server.setStopTimeout(0);
        ServerConnector connector = new ServerConnector(server, 1, 1, factories(tls));
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(idleTimeout.toMillis());
        connector.setAcceptQueueSize(256);
        server.addConnector(connector);
        server.setHandler(new CallHandler(ledger, random ? idleTimeout : null));
        JettyServer started = new JettyServer(server, connector);
        started.start();
        // The same after a restart.
        connector.setPort(started.port());
        return started;
    }

    private static ConnectionFactory[] factories(boolean tls) {
        HttpConnectionFactory http = new HttpConnectionFactory();
        if (!tls) {
            return new ConnectionFactory[] {http};
        }
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setSslContext(TestTls.serverContext(TestTls.Identity.SERVER));
        return new ConnectionFactory[] {new SslConnectionFactory(ssl, http.getProtocol()), http};
    }

    void start() {
        try {
            this.server.start();
        } catch (Exception ex) {
            throw new IllegalStateException("Jetty did not start", ex);
        }
    }

    @Override
    public int port() {
        return this.connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            this.server.stop();
        } catch (Exception ex) {
            throw new IllegalStateException("Jetty did not stop", ex);
        }
    }

    private static final class CallHandler extends Handler.Abstract.NonBlocking {

        private final Ledger ledger;
        private final @Nullable Duration randomUpTo;

        CallHandler(Ledger ledger, @Nullable Duration randomUpTo) {
            this.ledger = ledger;
            this.randomUpTo = randomUpTo;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Runnable answer = () -> answer(request, response, callback);
            Content.Source.consumeAll(request, Callback.from(answer, callback::failed));
            return true;
        }

        private void answer(Request request, Response response, Callback callback) {
            var connection = request.getConnectionMetaData();
            this.ledger.executed(request.getHeaders().get(CALL_ID), connection.getId());
            if (this.randomUpTo != null) {
                long millis = ThreadLocalRandom.current().nextLong(1, this.randomUpTo.toMillis());
                connection.getConnection().getEndPoint().setIdleTimeout(millis);
            }
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
            response.write(true, StandardCharsets.US_ASCII.encode("ok"), callback);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import io.evenkeel.testing.TestTls;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** Reactor Netty. */
final class NettyServer implements RaceServer {

    private final LoopResources threads;
    private final DisposableServer server;

    private NettyServer(LoopResources threads, DisposableServer server) {
        this.threads = threads;
        this.server = server;
    }

    static RaceServer start(boolean tls, Duration idleTimeout, Ledger ledger) {
        LoopResources threads = LoopResources.create("race-netty", 1, 2, true);
        HttpServer server = HttpServer.create()
                .runOn(threads)
                .host("127.0.0.1")
                .port(0)
                .idleTimeout(idleTimeout)
                .handle((request, response) -> answer(request, response, ledger));
        if (tls) {
            SslContext context = context();
            server = server.secure(spec -> spec.sslContext(context));
        }
        return new NettyServer(threads, server.bindNow());
    }

    private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response, Ledger ledger) {
        return request.receive()
                .aggregate()
                .then(Mono.fromRunnable(() -> request.withConnection(connection -> ledger.executed(
                        request.requestHeaders().get(CALL_ID),
                        connection.channel().id()))))
                .then(response.sendString(Mono.just("ok")).then());
    }

    private static SslContext context() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(TestTls.Identity.SERVER.keyStore(), TestTls.PASSWORD.toCharArray());
            return SslContextBuilder.forServer(keys)
                    .sslProvider(SslProvider.JDK)
                    .build();
        } catch (GeneralSecurityException | SSLException ex) {
            throw new IllegalStateException("No TLS for Netty", ex);
        }
    }

    @Override
    public int port() {
        return this.server.port();
    }

    @Override
    public void close() {
        this.server.disposeNow();
        this.threads.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
    }
}

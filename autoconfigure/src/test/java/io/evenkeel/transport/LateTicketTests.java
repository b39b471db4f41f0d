// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.TestTls;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jetty sends the session tickets of TLS 1.3 a millisecond or two behind its first answer: that is no end of the connection. */
class LateTicketTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private URI uri;

    @BeforeEach
    void start() throws Exception {
        Server server = new Server(new QueuedThreadPool(10, 4));
        server.setStopTimeout(0);
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setSslContext(TestTls.serverContext(TestTls.Identity.SERVER));
        ssl.setIncludeProtocols("TLSv1.3");
        HttpConnectionFactory http = new HttpConnectionFactory();
        ServerConnector connector =
                new ServerConnector(server, 1, 1, new SslConnectionFactory(ssl, http.getProtocol()), http);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Source.consumeAll(
                        request,
                        Callback.from(
                                () -> response.write(true, StandardCharsets.US_ASCII.encode("ok"), callback),
                                callback::failed));
                return true;
            }
        });
        server.start();
        this.leaks.closeAfter(server::stop);
        this.uri = URI.create("https://127.0.0.1:" + connector.getLocalPort() + "/");
    }

    @Test
    void theNextRequestRidesTheConnection() throws Exception {
        TestClient client = TestClient.withDefaults(this.leaks);
        for (int i = 0; i < 20; i++) {
            client.post(this.uri, "x");
            // So that the tickets are there before the look.
            pause(Duration.ofMillis(20));
        }

        assertThat(client.events.closed).isEmpty();
        assertThat(client.events.created).hasSize(1);
    }

    @Test
    void aPauseOfTheMachineDuringTheLookLosesNothingOfATicket() throws Exception {
        AtomicLong jump = new AtomicLong();
        TestClient client = TestClient.with(
                this.leaks,
                // Between any two readings more time passes than a look may take.
                settings -> settings.ticker(() ->
                        System.nanoTime() + jump.addAndGet(Duration.ofMillis(6).toNanos())));
        for (int i = 0; i < 3; i++) {
            client.post(this.uri, "x");
            pause(Duration.ofMillis(20));
        }

        assertThat(client.events.created).hasSize(1);
        assertThat(client.events.closed).isEmpty();
    }

    @Test
    void theWatchGoesOn() throws Exception {
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(this.uri);

        // Watched from the second tick on, so the tickets wake the selector at once.
        pause(Duration.ofMillis(800));

        assertThat(client.events.closed).isEmpty();
        assertThat(client.idle()).isEqualTo(1);
        client.get(this.uri);
        assertThat(client.events.created).hasSize(1);
    }

    private static void pause(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }
}

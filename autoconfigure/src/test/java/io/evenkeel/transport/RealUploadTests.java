// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.TimeLimits;
import io.evenkeel.testing.EmbeddedTomcat;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.TestTls;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads to Tomcat and Jetty. */
class RealUploadTests {

    private static final int TIMES = 100;

    private static final long HUGE = 1L << 30;

    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private TestClient client() {
        return TestClient.withDefaults(this.leaks);
    }

    private URI tomcat(boolean tls, HttpServlet servlet) {
        EmbeddedTomcat tomcat = EmbeddedTomcat.start(tls, LONG, false, servlet);
        this.leaks.closeAfter(tomcat::close);
        return uri(tls, tomcat.port());
    }

    private URI jetty(boolean tls, Handler handler) throws Exception {
        Server server = new Server();
        server.setStopTimeout(0);
        HttpConnectionFactory http = new HttpConnectionFactory();
        ServerConnector connector = tls
                ? new ServerConnector(server, new SslConnectionFactory(ssl(), http.getProtocol()), http)
                : new ServerConnector(server, http);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(handler);
        server.start();
        this.leaks.closeAfter(server::stop);
        return uri(tls, connector.getLocalPort());
    }

    private static SslContextFactory.Server ssl() {
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setSslContext(TestTls.serverContext(TestTls.Identity.SERVER));
        return ssl;
    }

    private static URI uri(boolean tls, int port) {
        return URI.create("%s://127.0.0.1:%d/".formatted(tls ? "https" : "http", port));
    }

    private static int put(TestClient client, URI uri) throws IOException {
        HttpPut put = new HttpPut(uri);
        put.setEntity(new ByteArrayEntity(new byte[8 * 1024 * 1024], null));
        return client.http().execute(put, response -> {
            EntityUtils.consume(response.getEntity());
            return response.getCode();
        });
    }

    private static void assertAlwaysRefused(TestClient client, URI uri) throws Exception {
        for (int i = 0; i < TIMES; i++) {
            assertThat(put(client, uri)).as("upload %d", i).isEqualTo(413);
        }
        eventually("nothing is leased", () -> client.active() == 0);
        assertThat(client.idle()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theRefusalOfTomcatIsAlwaysHeard(boolean tls) throws Exception {
        URI uri = tomcat(tls, new HttpServlet() {

            private static final long serialVersionUID = 1L;

            @Override
            protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.setHeader("Connection", "close");
                response.setStatus(413);
                response.flushBuffer();
            }
        });

        assertAlwaysRefused(client(), uri);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theRefusalOfJettyIsAlwaysHeard(boolean tls) throws Exception {
        URI uri = jetty(tls, new Handler.Abstract() {

            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Response.writeError(request, response, callback, 413);
                return true;
            }
        });

        assertAlwaysRefused(client(), uri);
    }

    /** Buffers on the way, and what waits to be written, are small beside a heap of 64 MiB, whatever the length of the body. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUploadOfOneGibibyteStreamsThroughASmallHeap(boolean tls) throws Exception {
        URI uri = tomcat(tls, new HttpServlet() {

            private static final long serialVersionUID = 1L;

            @Override
            protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
                long count = request.getInputStream().transferTo(OutputStream.nullOutputStream());
                response.getOutputStream().print(count);
            }
        });
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RealUploadTests.class.getName(),
                        uri.toString()))
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("read " + HUGE + "\n");
            assertThat(child.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    /** The child: uploads to the given URI. */
    public static void main(String[] arguments) throws Exception {
        LeakCheck owner = new LeakCheck();
        HttpPut put = new HttpPut(URI.create(arguments[0]));
        put.setEntity(new InputStreamEntity(new Zeros(), HUGE, null));
        TimeLimits all = new TimeLimits(Duration.ofMinutes(5), Duration.ofSeconds(30));
        String read = TestClient.with(owner, settings -> settings.times(all))
                .http()
                .execute(put, response -> EntityUtils.toString(response.getEntity()));
        System.out.println("read " + read);
        Runtime.getRuntime().halt(0);
    }

    private static final class Zeros extends InputStream {

        private long left = HUGE;

        @Override
        public int read() {
            return (this.left-- > 0) ? 0 : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (this.left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, this.left);
            this.left -= count;
            return count;
        }
    }
}

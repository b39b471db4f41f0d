// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Effect.until;
import static io.evenkeel.testing.Effect.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.error.WriteTimeoutException;
import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A SOCKS proxy for the whole JVM, which channels know nothing of. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class SocksProxyTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final Map<String, String> before = new TreeMap<>();
    private TunnelProxy proxy;

    @BeforeEach
    void setProperties() {
        this.proxy = this.leaks.closeAfter(TunnelProxy.socks());
        set("socksProxyHost", "127.0.0.1");
        set("socksProxyPort", String.valueOf(this.proxy.port()));
        // Or 127.0.0.1 would be called directly.
        set("socksNonProxyHosts", "");
    }

    private void set(String key, String value) {
        this.before.put(key, String.valueOf(System.setProperty(key, value)));
    }

    @AfterEach
    void restoreProperties() {
        this.before.forEach((key, value) -> {
            if (value.equals("null")) {
                System.clearProperty(key);
            } else {
                System.setProperty(key, value);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void connectionThroughTheProxyIsKeptAndProbed(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 10; i++) {
            assertThat(client.post(server.uri("/"), "x").body()).isEqualTo("ok");
        }
        assertThat(this.proxy.tunnels).hasSize(1);
        server.closeConnections();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));

        assertThat(client.post(server.uri("/"), "x").body()).isEqualTo("ok");

        assertThat(this.proxy.tunnels).hasSize(2);
        assertThat(client.events.closed).hasSizeLessThanOrEqualTo(1).doesNotContain(CloseReason.UNSOLICITED);
    }

    private TestClient uploading(Duration writeTimeout) {
        return TestClient.with(this.leaks, settings -> settings.times(new TimeLimits(Duration.ZERO, writeTimeout)));
    }

    private static HttpPost post(ScriptedServer server, HttpEntity body) {
        HttpPost post = new HttpPost(server.uri("/"));
        post.setEntity(body);
        return post;
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void peerThatReadsNothingEndsTheCall(Wiring wiring) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, until(released)))
                .start());
        TestClient client = uploading(Duration.ofMillis(300));

        assertThatThrownBy(() -> client.http()
                        .execute(post(server, new ByteArrayEntity(new byte[12 * 1024 * 1024], null)), response -> ""))
                .isInstanceOf(WriteTimeoutException.class);

        released.countDown();
        assertThat(client.events.closed).containsExactly(CloseReason.TIMEOUT);
        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void refusalInTheMiddleOfAnUploadEndsIt(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(
                                        Moment.REQUEST_HEAD,
                                        write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")))
                .start());
        TestClient client = uploading(Duration.ofSeconds(30));
        HttpEntity endless = new EntityTemplate(-1, ContentType.APPLICATION_OCTET_STREAM, null, out -> {
            byte[] piece = new byte[32 * 1024];
            for (int i = 0; i < 100_000; i++) {
                out.write(piece);
            }
            throw new AssertionError("The whole was written");
        });

        int status = client.http().execute(post(server, endless), HttpResponse::getCode);

        assertThat(status).isEqualTo(413);
        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
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
}

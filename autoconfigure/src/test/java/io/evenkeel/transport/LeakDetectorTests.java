// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.transport.pool.LeakDetector;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A response that nobody closes and nobody holds any more costs neither a place nor a socket. */
@ExtendWith(OutputCaptureExtension.class)
class LeakDetectorTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void droppedResponsesGiveTheirPlacesAndSocketsBack(CapturedOutput output) throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(ok("x".repeat(100))).start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 19));

        for (int i = 0; i < 20; i++) {
            drop(client, server);
        }
        assertThat(server.connectionsAccepted()).isEqualTo(20);
        collectUntilFree(client);

        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        Eventually.eventually("all are told", () -> client.events.closed.size() >= 20);
        assertThat(client.events.closed).hasSize(20).containsOnly(CloseReason.LEAKED);
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(output.getAll().split("was dropped without being closed", -1))
                .hasSize(2);
        assertThat(output).contains("client 'default'").contains("thread main");
    }

    @Test
    void aResponseThatIsStillReadIsNobodysLeak() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(ok("x".repeat(100))).start());
        TestClient client = withoutTime();
        // Only the stream is held, as an application does that hands it on.
        InputStream body = client.http()
                .executeOpen(null, new HttpGet(server.uri("/")), null)
                .getEntity()
                .getContent();

        for (int i = 0; i < 20; i++) {
            System.gc();
            client.pools.leaks().reclaim();
        }

        assertThat(client.active()).isEqualTo(1);
        assertThat(body.readAllBytes()).hasSize(100);
        body.close();
        assertThat(client.active()).isZero();
        assertThat(client.idle()).isEqualTo(1);
    }

    @Test
    void anIdleConnectionIsNobodysLeak() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = withoutTime();
        client.get(server.uri("/"));

        for (int i = 0; i < 10; i++) {
            System.gc();
            client.pools.leaks().reclaim();
        }

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void aResponseThatIsHeldWithoutBeingReadIsReportedOnceAndLeftToItsHolder(CapturedOutput output) throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(ok("x".repeat(100))).start());
        VirtualTime time = new VirtualTime();
        TestClient client = TestClient.with(this.leaks, settings -> settings.ticker(time));
        ClassicHttpResponse first = client.http().executeOpen(null, new HttpGet(server.uri("/")), null);
        ClassicHttpResponse second = client.http().executeOpen(null, new HttpGet(server.uri("/")), null);

        look(client, time, 10);
        assertThat(output).doesNotContain("nothing was sent or received");
        look(client, time, 100);

        eventually("it is reported", () -> output.getAll().contains("nothing was sent or received"));
        assertThat(output.getAll().split("nothing was sent or received", -1)).hasSize(2);
        assertThat(output)
                .contains(
                        "A connection to http://127.0.0.1:" + server.port() + " of client 'default' has been held for ")
                .contains("(thread main)")
                .contains("spring.http.clients.read-timeout");
        assertThat(client.active()).isEqualTo(2);
        assertThat(EntityUtils.toString(first.getEntity())).hasSize(100);
        first.close();
        second.close();
    }

    @Test
    void aResponseThatIsReadSlowlyIsNotReported(CapturedOutput output) throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(ok("x".repeat(200_000))).start());
        VirtualTime time = new VirtualTime();
        TestClient client = TestClient.with(this.leaks, settings -> settings.ticker(time));
        ClassicHttpResponse response = client.http().executeOpen(null, new HttpGet(server.uri("/")), null);
        InputStream body = response.getEntity().getContent();

        for (int i = 0; i < 10; i++) {
            body.readNBytes(16 * 1024);
            look(client, time, 9);
        }

        assertThat(output).doesNotContain("nothing was sent or received");
        response.close();
    }

    private static void look(TestClient client, VirtualTime time, int times) {
        for (int i = 0; i < times; i++) {
            time.advance(LeakDetector.BETWEEN_LOOKS);
            client.pools.leaks().reclaim();
        }
    }

    private static void drop(TestClient client, ScriptedServer server) throws IOException {
        ClassicHttpResponse response = client.http().executeOpen(null, new HttpGet(server.uri("/")), null);
        assertThat(response.getCode()).isEqualTo(200);
    }

    private static void collectUntilFree(TestClient client) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (client.active() > 0 && System.nanoTime() - deadline < 0) {
            System.gc();
            client.pools.leaks().reclaim();
        }
        assertThat(client.active()).isZero();
    }

    /** A collection of all garbage may take as long as a connection is kept. */
    private TestClient withoutTime() {
        return TestClient.with(this.leaks, settings -> settings.ticker(new VirtualTime()));
    }
}

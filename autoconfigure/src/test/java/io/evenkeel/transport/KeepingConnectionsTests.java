// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KeepingConnectionsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void callsInARowShareOneConnection() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 20; i++) {
            assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        }

        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.events.acquired).startsWith(AcquireResult.OPENED).hasSize(20);
        assertThat(client.events.acquired.subList(1, 20)).containsOnly(AcquireResult.REUSED);
    }

    @Test
    void aBurstRunsAtOnceAndLeavesOneConnection() throws Exception {
        CyclicBarrier all = new CyclicBarrier(50);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .backlog(100)
                .byDefault(request -> {
                    await(all);
                    return ok("done");
                })
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        ExecutorService callers = Executors.newFixedThreadPool(50);
        this.leaks.closeAfter(callers::shutdownNow);

        List<Future<TestClient.Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            replies.add(callers.submit(() -> client.get(server.uri("/"))));
        }
        for (Future<TestClient.Reply> reply : replies) {
            assertThat(reply.get(20, TimeUnit.SECONDS).body()).isEqualTo("done");
        }

        server.awaitConnectionsOpen(1, Duration.ofSeconds(2));
        assertThat(client.idle()).isEqualTo(1);
        assertThat(client.events.closed).hasSize(49).containsOnly(CloseReason.SURPLUS);
        assertThat(server.connectionsAccepted()).isEqualTo(50);
    }

    private static void await(CyclicBarrier all) {
        try {
            all.await(20, TimeUnit.SECONDS);
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }
}

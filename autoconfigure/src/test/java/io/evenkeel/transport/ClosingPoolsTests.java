// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.pool.PoolRig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClosingPoolsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void whoWaitsIsRefusedAtOnceAndWhoRunsIsAborted() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, Effect.stall()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        Future<?> running = InterruptAndCancelTests.run(client.http(), new HttpGet(server.uri("/")));
        server.awaitRequests(1, Duration.ofSeconds(5));
        Future<?> waiting = InterruptAndCancelTests.run(client.http(), new HttpGet(server.uri("/")));
        eventually("the second waits", () -> client.pending() == 1);

        client.pools.close();

        Throwable refused = catchThrowable(() -> waiting.get(1, TimeUnit.SECONDS));
        assertThat(refused).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(CallRejectedException.class);
        assertThat(((CallRejectedException) refused.getCause()).reason()).isEqualTo("shutting_down");
        assertThat(catchThrowable(() -> running.get(1, TimeUnit.SECONDS))).isInstanceOf(ExecutionException.class);
        server.awaitConnectionsOpen(0, Duration.ofSeconds(1));
        assertThat(client.events.closed).containsExactly(CloseReason.SHUTDOWN);
    }

    @Test
    void laterCallsAreRefused() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/"));

        client.pools.close();

        var refused = catchThrowableOfType(CallRejectedException.class, () -> client.get(server.uri("/")));
        assertThat(refused.reason()).isEqualTo("shutting_down");
        assertThat(server.requests()).hasSize(1);
        server.awaitConnectionsOpen(0, Duration.ofSeconds(1));
    }

    @Test
    void aClientThatIsBuiltLaterIsRefusedToo() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.pools.close();

        var later = client.another(TestClient.Settings.DEFAULTS);

        assertThat(catchThrowable(() -> TestClient.send(later, "GET", server.uri("/"), null)))
                .isInstanceOf(CallRejectedException.class);
        assertThat(server.connectionsAccepted()).isZero();
    }

    @Test
    void whatIsReturnedAfterTheEndIsClosed() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, Ticker.SYSTEM);
        var entry = rig.acquire(PoolRig.route(server));
        rig.pool.close();
        // It was being opened, and nobody knew of it.
        rig.connect(entry);

        rig.release(entry);

        server.awaitConnectionsOpen(0, Duration.ofSeconds(1));
        assertThat(rig.pool.stats()).isEmpty();
        assertThat(rig.events.closed).containsExactly(CloseReason.SHUTDOWN);
    }

    @Test
    void whatIsOpenedWhileThePoolsCloseDoesNotStayOpen() throws Exception {
        CountingServer server = this.leaks.closeAfter(new CountingServer());
        this.leaks.port(server.port());
        for (int round = 0; round < 40; round++) {
            TestClient client = TestClient.withDefaults(this.leaks);
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(InterruptAndCancelTests.run(client.http(), new HttpGet(server.uri(5_000))));
            }
            Thread.sleep(0, (round * 50_000) % 1_000_000);

            client.pools.close();

            for (Future<?> call : calls) {
                assertThat(catchThrowable(() -> call.get(2, TimeUnit.SECONDS))).isInstanceOf(ExecutionException.class);
            }
            eventually("nothing is open", Duration.ofSeconds(2), () -> server.openNow() == 0);
            assertThat(client.active()).isZero();
        }
    }
}

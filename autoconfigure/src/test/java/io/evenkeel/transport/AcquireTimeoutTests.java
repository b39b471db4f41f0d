// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.error.AcquireTimeoutException;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.FailureReason;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.pool.Acquisition;
import io.evenkeel.transport.pool.PoolRig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AcquireTimeoutTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void theCallerLearnsWhatItWaitedForAndTheNextCallWorks() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, Effect.stall()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(strict(Duration.ofMillis(150))));
        Thread holder = new Thread(() -> catchThrowable(() -> client.get(server.uri("/"))), "the-holder");
        holder.start();
        server.awaitRequests(1, Duration.ofSeconds(5));

        Throwable thrown = catchThrowable(() -> client.get(server.uri("/")));

        assertThat(thrown).isInstanceOf(AcquireTimeoutException.class);
        assertThat(thrown.getMessage())
                .startsWith("No connection to http://127.0.0.1:" + server.port()
                        + " for client 'default' within 150ms: 1 of 1 in use (oldest ")
                .contains("thread the-holder)")
                .contains("evenkeel.pool.max-overflow");
        assertThat(client.pending()).isZero();
        assertThat(client.active()).isEqualTo(1);
        server.release();
        holder.join(5000);
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(client.events.acquired)
                .containsExactly(AcquireResult.OPENED, AcquireResult.TIMEOUT, AcquireResult.REUSED);
    }

    @Test
    void timeoutsThatRaceWithTheGrantLoseNothing() throws Exception {
        HttpRoute route = PoolRig.route("race.example");
        PoolRig rig = new PoolRig(this.leaks, PoolRig.limits(1, 1), Ticker.SYSTEM);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> unexpected = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 10; i++) {
            Thread thread = new Thread(() -> {
                for (int n = 0; n < 100; n++) {
                    try {
                        var entry = new Acquisition(rig.pool, route, null).get(1, TimeUnit.MICROSECONDS);
                        if (n % 7 == 0) {
                            Thread.sleep(0, 50_000);
                        }
                        rig.pool.release(entry, false);
                    } catch (ExecutionException ex) {
                        if (!(ex.getCause() instanceof AcquireTimeoutException)) {
                            unexpected.add(ex);
                        }
                    } catch (Exception ex) {
                        unexpected.add(ex);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(20_000);
        }

        assertThat(unexpected).isEmpty();
        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void aCallerIsServedAsSoonAsAConnectionIsFree() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, Effect.stall()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(strict(Duration.ofSeconds(10))));
        Thread first = new Thread(() -> catchThrowable(() -> client.get(server.uri("/"))));
        first.start();
        server.awaitRequests(1, Duration.ofSeconds(5));
        List<TestClient.Reply> replies = new CopyOnWriteArrayList<>();
        Thread second = new Thread(() -> catchThrowable(() -> replies.add(client.get(server.uri("/")))));
        second.start();
        eventually("the second waits", () -> client.pending() == 1);

        server.release();

        first.join(5000);
        second.join(5000);
        assertThat(replies).hasSize(1);
        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void withoutTimeToWaitTheCallerIsTurnedAwayAtOnce() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, Effect.stall()))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(strict(Duration.ZERO)));
        Thread holder = new Thread(() -> catchThrowable(() -> client.get(server.uri("/"))), "the-holder");
        holder.start();
        server.awaitRequests(1, Duration.ofSeconds(5));

        Throwable thrown = catchThrowable(() -> client.get(server.uri("/")));

        assertThat(thrown).isInstanceOf(CallRejectedException.class);
        assertThat(((CallRejectedException) thrown).reason()).isEqualTo("pool_exhausted");
        assertThat(thrown)
                .hasMessageStartingWith(
                        "No connection to http://127.0.0.1:%d for client 'default': 1 of 1 in use (oldest "
                                .formatted(server.port()))
                .hasMessageContaining("thread the-holder), and evenkeel.pool.acquire-timeout is 0.");
        assertThat(client.pending()).isZero();
        server.release();
        holder.join(5000);
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(client.events.failures).containsExactly(FailureReason.POOL_EXHAUSTED);
        assertThat(client.events.acquired)
                .containsExactly(AcquireResult.OPENED, AcquireResult.REFUSED, AcquireResult.REUSED);
    }

    @Test
    void withoutTimeToWaitABurstHasAsManyAnswersAsThereArePlaces() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(script -> script.at(Moment.REQUEST_BODY, Effect.stall()))
                .start());
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.limits(strict(Duration.ZERO)).limits(1, 2));
        List<Object> outcomes = new CopyOnWriteArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Thread caller = new Thread(() -> {
                Throwable thrown = catchThrowable(() -> outcomes.add(client.get(server.uri("/"))));
                if (thrown != null) {
                    outcomes.add(thrown);
                }
            });
            callers.add(caller);
            caller.start();
        }
        eventually("those are turned away who are too many", () -> outcomes.size() == 7);
        assertThat(outcomes).allMatch(CallRejectedException.class::isInstance);
        server.release();
        for (Thread caller : callers) {
            caller.join(5000);
        }

        assertThat(outcomes.stream().filter(TestClient.Reply.class::isInstance)).hasSize(3);
        assertThat(server.requests()).hasSize(3);
    }

    private static PoolLimits strict(Duration acquireTimeout) {
        PoolLimits d = PoolLimits.DEFAULTS;
        return new PoolLimits(
                1,
                0,
                d.overflowLinger(),
                d.maxIdle(),
                acquireTimeout,
                d.idleTimeout(),
                d.maxIdleTimeout(),
                d.learnIdleTimeout(),
                d.maxLifetime());
    }
}

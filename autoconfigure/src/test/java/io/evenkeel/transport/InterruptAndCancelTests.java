// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.pool.PoolAdapter;
import io.evenkeel.transport.pool.PoolRig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InterruptAndCancelTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void anInterruptEndsTheWaitAndLeavesNothing() throws Exception {
        HttpRoute route = PoolRig.route("interrupt.example");
        PoolRig rig = new PoolRig(this.leaks, PoolRig.limits(1, 0), Ticker.SYSTEM);
        var first = rig.acquire(route);
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                rig.acquire(route);
                ended.complete(null);
            } catch (Exception ex) {
                ended.complete(ex);
            }
        });
        waiting.start();
        eventually("the caller waits", () -> rig.pending() == 1);

        waiting.interrupt();

        assertThat(ended.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(rig.pending()).isZero();
        rig.pool.release(first, false);
    }

    @Test
    void anInterruptThatComesBehindTheGrantLosesNoPlace() throws Exception {
        HttpRoute route = PoolRig.route("granted.example");
        PoolRig rig = new PoolRig(this.leaks, PoolRig.limits(1, 0), Ticker.SYSTEM);
        var first = rig.acquire(route);
        CompletableFuture<Boolean> interruptedWithConnection = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                var entry = rig.acquire(route);
                interruptedWithConnection.complete(Thread.currentThread().isInterrupted());
                rig.pool.release(entry, false);
            } catch (Exception ex) {
                interruptedWithConnection.completeExceptionally(ex);
            }
        });
        waiting.start();
        eventually("the caller waits", () -> rig.pending() == 1);

        // Both before the waiter has the lock back.
        rig.pool.locked(() -> {
            rig.pool.release(first, false);
            waiting.interrupt();
            return null;
        });

        assertThat(interruptedWithConnection.get(5, TimeUnit.SECONDS)).isTrue();
        eventually("nothing is left", () -> rig.pool.stats().isEmpty());
    }

    @Test
    void randomInterruptsLeaveNothing() throws Exception {
        CountingServer server = this.leaks.closeAfter(new CountingServer());
        this.leaks.port(server.port());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 3));
        AtomicBoolean over = new AtomicBoolean();
        List<Throwable> unexpected = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                while (!over.get()) {
                    try {
                        client.get(server.uri(2));
                    } catch (InterruptedIOException ex) {
                        Thread.interrupted();
                    } catch (IOException | RuntimeException ex) {
                        unexpected.add(ex);
                        Thread.interrupted();
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        Random random = new Random(42);
        long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        while (System.nanoTime() - end < 0) {
            threads.get(random.nextInt(8)).interrupt();
            Thread.sleep(random.nextInt(3));
        }
        over.set(true);
        for (Thread thread : threads) {
            thread.join(10_000);
        }

        assertThat(unexpected).isEmpty();
        assertThat(client.active()).isZero();
        assertThat(client.pending()).isZero();
        assertThat(server.mostOpen()).isLessThanOrEqualTo(4);
        assertThat(client.get(server.uri(0)).status()).isEqualTo(200);
    }

    @Test
    void aFutureThatIsCancelledGivesItsConnectionBack() throws Exception {
        ScriptedServer server = stalling();
        TestClient client = TestClient.withDefaults(this.leaks);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        this.leaks.closeAfter(executor::shutdownNow);
        Future<?> call = executor.submit(() -> client.get(server.uri("/")));
        server.awaitRequests(1, Duration.ofSeconds(5));

        call.cancel(true);

        eventually("the connection is given back", Duration.ofSeconds(2), () -> client.active() == 0);
        server.awaitConnectionsOpen(0, Duration.ofSeconds(2));
    }

    @Test
    void aRequestThatIsCancelledWhileItReadsGivesItsConnectionBack() throws Exception {
        ScriptedServer server = stalling();
        TestClient client = TestClient.withDefaults(this.leaks);
        HttpGet request = new HttpGet(server.uri("/"));
        Future<?> call = run(client.http(), request);
        server.awaitRequests(1, Duration.ofSeconds(5));

        request.cancel();

        assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThat(client.active()).isZero();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(2));
    }

    @Test
    void aRequestThatIsCancelledWhileItWaitsLeavesTheLine() throws Exception {
        ScriptedServer server = stalling();
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));
        HttpGet first = new HttpGet(server.uri("/"));
        Future<?> holding = run(client.http(), first);
        server.awaitRequests(1, Duration.ofSeconds(5));
        HttpGet second = new HttpGet(server.uri("/"));
        Future<?> waiting = run(client.http(), second);
        eventually("the second waits", () -> client.pending() == 1);

        second.cancel();

        assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThat(client.pending()).isZero();
        first.cancel();
        assertThatThrownBy(() -> holding.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThat(client.active()).isZero();
    }

    @Test
    void aRequestThatIsCancelledWhileItDialsLeavesNoSocket() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.https().onEveryAccept(Effect.stall()).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        HttpGet request = new HttpGet(server.uri("/"));
        Future<?> call = run(client.http(), request);
        server.awaitConnectionsAccepted(1, Duration.ofSeconds(5));

        request.cancel();

        assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThat(client.active()).isZero();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(2));
    }

    @Test
    void aConnectionThatIsGivenBackWhileItIsOpenedIsNotKept() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, Ticker.SYSTEM);
        var entry = rig.open(PoolRig.route(server));
        entry.updateExpiry(TimeValue.ZERO_MILLISECONDS);

        new PoolAdapter(rig.pool).release(entry, true);

        assertThat(rig.pool.stats()).isEmpty();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(1));
    }

    @Test
    void randomCancellationsLeaveNothing() throws Exception {
        CountingServer server = this.leaks.closeAfter(new CountingServer());
        this.leaks.port(server.port());
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 2));
        ExecutorService callers = Executors.newFixedThreadPool(8);
        this.leaks.closeAfter(callers::shutdownNow);
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            List<HttpGet> requests = new ArrayList<>();
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                HttpGet request = new HttpGet(server.uri(1));
                requests.add(request);
                calls.add(callers.submit(() -> client.http().execute(request, response -> response.getCode())));
            }
            Thread.sleep(0, random.nextInt(900_000));
            for (HttpGet request : requests) {
                request.cancel();
            }
            for (Future<?> call : calls) {
                try {
                    call.get(5, TimeUnit.SECONDS);
                } catch (ExecutionException ex) {
                    // Cancelled, which is what it was.
                }
            }
        }

        assertThat(client.active()).isZero();
        assertThat(client.pending()).isZero();
        assertThat(client.get(server.uri(0)).status()).isEqualTo(200);
        eventually("one is left", () -> server.openNow() == 1);
    }

    private ScriptedServer stalling() {
        return this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, Effect.stall()))
                .start());
    }

    static Future<?> run(CloseableHttpClient client, HttpGet request) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                done.complete(client.execute(request, response -> response.getCode()));
            } catch (Throwable ex) {
                done.completeExceptionally(ex);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Effect.stall;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.client.RestClient;

/** What becomes of the calls of tasks that do not end in time, as their server sees it. */
@ExtendWith(OutputCaptureExtension.class)
class AbortedCallsTests {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final List<Exception> failures = new CopyOnWriteArrayList<>();

    @Test
    void aCallInFlightIsAbortedAndOneThatWaitsForAConnectionToo(CapturedOutput log) {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, stall()))
                .start());
        CountDownLatch ended = new CountDownLatch(2);
        AtomicBoolean endedBeforeBeansWereDestroyed = new AtomicBoolean();
        Contexts.plain()
                .withBean(
                        "last",
                        DisposableBean.class,
                        () -> () -> endedBeforeBeansWereDestroyed.set(ended.await(3, TimeUnit.SECONDS)))
                .withPropertyValues(
                        "evenkeel.shutdown.timeout=300ms", "evenkeel.pool.max-size=1", "evenkeel.pool.max-overflow=0")
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
                    // On a thread that the task made, which nobody interrupts.
                    executor.execute(() -> onAnotherThread(() -> call(client, server, ended)));
                    server.awaitRequests(1, LIMIT);
                    executor.execute(() -> onAnotherThread(() -> call(client, server, ended)));
                    context.close();
                });
        // Then the pools would close, and abort them too.
        assertThat(endedBeforeBeansWereDestroyed).isTrue();
        assertThat(this.failures).hasSize(2);
        assertThat(server.requests()).hasSize(1);
        assertThat(log).contains("Shutdown has used up its 0.3s, executor 'applicationTaskExecutor'");
    }

    @Test
    void anAbortedCallOnAKeptConnectionIsNotSentAgain(CapturedOutput log) {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> {
                    script.request(0).answer(ok("x"));
                    script.request(1).at(Moment.REQUEST_HEAD, stall());
                })
                .start());
        CountDownLatch ended = new CountDownLatch(1);
        Contexts.plain()
                .withPropertyValues("evenkeel.shutdown.timeout=300ms", "evenkeel.pool.idle-timeout=60s")
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    client.get().uri(server.uri("/")).retrieve().toBodilessEntity();
                    context.getBean("applicationTaskExecutor", Executor.class)
                            .execute(() -> call(client, server, ended));
                    server.awaitRequests(2, LIMIT);
                    context.close();
                    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
                });
        assertThat(this.failures).hasSize(1);
        assertThat(server.requests()).hasSize(2);
        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(log)
                .contains("executor 'applicationTaskExecutor': 0 tasks done, 1 interrupted, 0 never started")
                .containsPattern("thread task-1, in io\\.evenkeel\\.autoconfigure\\.shutdown\\.AbortedCallsTests\\.");
    }

    private void call(RestClient client, ScriptedServer server, CountDownLatch ended) {
        try {
            client.get().uri(server.uri("/")).retrieve().toBodilessEntity();
        } catch (Exception ex) {
            this.failures.add(ex);
        } finally {
            ended.countDown();
        }
    }

    private static void onAnotherThread(Runnable call) {
        Thread thread = new Thread(call, "caller");
        thread.start();
        boolean joined = false;
        while (!joined) {
            try {
                thread.join();
                joined = true;
            } catch (InterruptedException ex) {
                // It waits for the call, whatever happens.
            }
        }
    }
}

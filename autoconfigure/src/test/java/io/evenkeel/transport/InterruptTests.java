// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Effect.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InterruptTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    enum Kind {
        PLATFORM,
        VIRTUAL;

        static Stream<Kind> available() {
            return Stream.of(values())
                    .filter(kind -> kind == PLATFORM || Runtime.version().feature() >= 21);
        }

        Thread start(Runnable task) throws Exception {
            if (this == PLATFORM) {
                Thread thread = new Thread(task, "interrupted-caller");
                thread.start();
                return thread;
            }
            return (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        }
    }

    /** What became of a call that ran on a thread of its own. */
    private static final class Caller {

        final AtomicReference<Object> outcome = new AtomicReference<>();
        volatile boolean flag;
        final CountDownLatch done = new CountDownLatch(1);
        final Thread thread;

        Caller(Kind kind, Callable<?> call) throws Exception {
            this.thread = kind.start(() -> {
                try {
                    this.outcome.set(call.call());
                } catch (Throwable ex) {
                    this.outcome.set(ex);
                } finally {
                    this.flag = Thread.currentThread().isInterrupted();
                    this.done.countDown();
                }
            });
        }

        void assertInterrupted() throws Exception {
            assertThat(this.done.await(4, TimeUnit.SECONDS)).as("the call ends").isTrue();
            assertThat(this.outcome.get())
                    .isInstanceOf(InterruptedIOException.class)
                    .isNotInstanceOf(java.net.SocketTimeoutException.class);
            assertThat(this.flag).as("the flag").isTrue();
        }
    }

    static Stream<Kind> kinds() {
        return Kind.available();
    }

    static Stream<Arguments> everywhere() {
        List<Arguments> all = new ArrayList<>();
        for (Kind kind : Kind.available().toList()) {
            for (Wiring wiring : Wiring.values()) {
                all.add(arguments(kind, wiring));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void flagThatWasSetBeforeDoesNotFailTheCall(Kind kind, Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(
                wiring.server().byDefault(ok("x".repeat(300_000))).start());
        TestClient client = TestClient.withDefaults(this.leaks);

        Caller caller = new Caller(kind, () -> {
            Thread.currentThread().interrupt();
            int sum = 0;
            for (int i = 0; i < 3; i++) {
                sum += client.post(server.uri("/"), "x").body().length();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
            return sum;
        });

        assertThat(caller.done.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(caller.outcome.get()).isEqualTo(900_000);
        assertThat(caller.flag).isTrue();
        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.active()).isZero();
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void interruptEndsTheWaitForAnAnswer(Kind kind, Wiring wiring) throws Exception {
        assertEnds(kind, wiring.server(), request -> request.at(Moment.REQUEST_BODY, stall()));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void interruptEndsTheReadingOfABody(Kind kind, Wiring wiring) throws Exception {
        assertEnds(
                kind,
                wiring.server(),
                request -> request.answer(ok("0123456789")).at(Moment.RESPONSE_BODY, stall()));
    }

    private void assertEnds(
            Kind kind, ServerScript script, java.util.function.Consumer<io.evenkeel.testing.RequestScript> last)
            throws Exception {
        ScriptedServer server = this.leaks.server(script.onConnection(0, connection -> {
                    connection.request(0);
                    last.accept(connection.request(1));
                })
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(server.uri("/first"));

        Caller caller = new Caller(kind, () -> client.get(server.uri("/second")));
        server.awaitScriptDone(LIMIT);
        TimeUnit.MILLISECONDS.sleep(30);
        caller.thread.interrupt();

        caller.assertInterrupted();
        assertThat(client.active()).isZero();
        assertThat(server.requests()).hasSize(2);
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void interruptEndsAHandshake(Kind kind) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https()
                .onConnection(0, script -> script.at(Moment.ACCEPT, stall()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        Caller caller = new Caller(kind, () -> client.get(server.uri("/")));
        server.awaitScriptDone(LIMIT);
        TimeUnit.MILLISECONDS.sleep(30);
        caller.thread.interrupt();

        caller.assertInterrupted();
        assertThat(client.active()).isZero();
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void interruptEndsAConnect(Kind kind) throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().backlog(1).withoutAccepting().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.connectTimeout(Duration.ofSeconds(5)));
        try (java.net.Socket first = new java.net.Socket("127.0.0.1", server.port());
                java.net.Socket second = new java.net.Socket("127.0.0.1", server.port())) {
            Caller caller = new Caller(kind, () -> client.get(server.uri("/")));
            TimeUnit.MILLISECONDS.sleep(200);
            caller.thread.interrupt();

            caller.assertInterrupted();
        }
        assertThat(client.active()).isZero();
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void interruptEndsAnUploadThatNobodyReads(Kind kind, Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, stall()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        Caller caller = new Caller(
                kind, () -> client.send("PUT", server.uri("/"), new ByteArrayEntity(new byte[20_000_000], null)));
        server.awaitScriptDone(LIMIT);
        TimeUnit.MILLISECONDS.sleep(50);
        caller.thread.interrupt();

        caller.assertInterrupted();
        assertThat(client.active()).isZero();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void flagThatIsSetBetweenHeadAndBodyEndsTheReading(Kind kind) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(ok("x".repeat(1_000_000)))
                                .at(Moment.RESPONSE_HEAD, Effect.pause(Duration.ofMillis(100))))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);

        Caller caller = new Caller(
                kind,
                () -> client.http().execute(new HttpGet(server.uri("/")), response -> {
                    Thread.currentThread().interrupt();
                    return response.getEntity().getContent().readAllBytes();
                }));

        caller.assertInterrupted();
        assertThat(client.active()).isZero();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.finWithoutCloseNotify;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.rst;
import static io.evenkeel.testing.Effect.stall;
import static io.evenkeel.testing.Effect.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.RequestScript;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What can happen to a kept connection, for requests that may be sent twice and those that must not. */
class IdleFaultTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String POISON = "HTTP/1.1 200 Poison\r\nContent-Length: 6\r\n\r\nPOISON";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    enum Call {
        GET,
        POST,
        KEYED_POST;

        private HttpUriRequestBase to(ScriptedServer server, String path) {
            HttpUriRequestBase request = new HttpUriRequestBase((this == GET) ? "GET" : "POST", server.uri(path));
            if (this != GET) {
                request.setEntity(new StringEntity("x"));
            }
            if (this == KEYED_POST) {
                request.setHeader("Idempotency-Key", "4711");
            }
            return request;
        }
    }

    enum Outcome {
        /** Every call succeeds, and is sent once. */
        OK,
        /** A call that may be sent twice is; the other one is lost. */
        REPLAY,
        /** No call is sent twice. */
        TIMEOUT
    }

    enum Fault {
        FIN_WHILE_IDLE(Outcome.OK, first -> first.then(pause(ms(20)), fin())),
        FIN_WHILE_WATCHED(Outcome.OK, first -> first.then(pause(ms(300)), fin())),
        RST_WHILE_IDLE(Outcome.OK, first -> first.then(pause(ms(20)), rst())),
        FIN_WITHOUT_CLOSE_NOTIFY(Outcome.OK, first -> first.then(pause(ms(20)), finWithoutCloseNotify())),
        ANSWER_WHILE_IDLE(Outcome.OK, first -> first.then(pause(ms(20)), write(POISON), fin())),
        ANSWER_GLUED_TO_A_BODY(Outcome.OK, first -> first.answer(ok("body").followedBy(POISON))),
        ANSWER_GLUED_TO_A_204(Outcome.OK, first -> first.answer(status(204).followedBy(POISON))),
        STATUS_408_WHILE_IDLE(
                Outcome.OK,
                first -> first.then(pause(ms(20)), write("HTTP/1.1 408 Late\r\nConnection: close\r\n\r\n"), fin())),
        STATUS_400_WHILE_IDLE(
                Outcome.OK,
                first -> first.then(pause(ms(20)), write("HTTP/1.1 400 Bad\r\nConnection: close\r\n\r\n"), fin())),
        SILENCE(Outcome.TIMEOUT, first -> first.request(1).at(Moment.REQUEST_BODY, stall())),
        RST_BEHIND_THE_HEAD(Outcome.REPLAY, first -> first.request(1).at(Moment.REQUEST_HEAD, rst())),
        RST_BEHIND_THE_FIRST_BYTE(Outcome.REPLAY, first -> first.request(1).afterRequestBytes(1, rst())),
        FIN_BEHIND_THE_REQUEST(Outcome.REPLAY, first -> first.request(1).at(Moment.REQUEST_BODY, fin())),
        RST_BEHIND_THE_REQUEST(Outcome.REPLAY, first -> first.request(1).at(Moment.REQUEST_BODY, rst()));

        private final Outcome outcome;
        private final Consumer<RequestScript> script;

        Fault(Outcome outcome, Consumer<RequestScript> script) {
            this.outcome = outcome;
            this.script = script;
        }

        private static Duration ms(int millis) {
            return Duration.ofMillis(millis);
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of(Wiring.PLAIN, Wiring.TLS_1_3)
                .flatMap(wiring -> Stream.of(Fault.values())
                        .flatMap(fault -> Stream.of(Call.values()).map(call -> arguments(wiring, fault, call))));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void callIsSentTwiceOnlyIfItMayBe(Wiring wiring, Fault fault, Call call) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> fault.script.accept(script.request(0)))
                .start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.readTimeout(
                        (fault.outcome == Outcome.TIMEOUT) ? Duration.ofMillis(150) : Duration.ofSeconds(5)));
        client.get(server.uri("/first"));
        if (fault.outcome == Outcome.OK) {
            server.awaitConnectionsOpen(0, LIMIT);
        }

        Throwable thrown = catchThrowable(
                () -> assertThat(execute(client, call.to(server, "/second"))).isEqualTo("ok"));

        boolean twice = fault.outcome == Outcome.REPLAY && call != Call.POST;
        if (fault.outcome == Outcome.OK || twice) {
            assertThat(thrown).isNull();
        } else {
            assertThat(thrown)
                    .isInstanceOf(
                            (fault.outcome == Outcome.TIMEOUT)
                                    ? SocketTimeoutException.class
                                    : ConnectionLostException.class);
        }
        // What was cut before its head ended is not among the requests of the server.
        int seen = (fault == Fault.RST_BEHIND_THE_FIRST_BYTE) ? 0 : 1;
        assertThat(server.requests())
                .filteredOn(request -> request.target().equals("/second"))
                .hasSize(seen + (twice ? 1 : 0));
        server.release();
        assertThat(client.get(server.uri("/third")).body()).isEqualTo("ok");
    }

    private static String execute(TestClient client, HttpUriRequestBase request) throws IOException {
        return client.http().execute(request, response -> EntityUtils.toString(response.getEntity()));
    }

    @Test
    void fiftyCallsAtOnceNeitherWaitNorStay() throws Exception {
        CyclicBarrier all = new CyclicBarrier(50);
        ScriptedServer server = this.leaks.server(io.evenkeel.testing.ScriptedServer.http()
                .byDefault(request -> {
                    try {
                        all.await(10, TimeUnit.SECONDS);
                    } catch (Exception ex) {
                        throw new IllegalStateException(ex);
                    }
                    return ok("ok");
                })
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        ExecutorService callers = Executors.newFixedThreadPool(50);
        this.leaks.closeAfter(callers::shutdownNow);
        List<Future<TestClient.Reply>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(callers.submit(() -> client.get(server.uri("/"))));
        }

        for (Future<TestClient.Reply> call : calls) {
            assertThat(call.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        }

        assertThat(server.connectionsAccepted()).isEqualTo(50);
        org.awaitility.Awaitility.await().atMost(LIMIT).until(() -> client.idle() <= 1);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * One answer, to a GET on a new connection and to a POST with and without idempotency key on connections that have
 * served before. After each, whatever it led to, nothing is leased, the next call works, and the server has seen every
 * request once.
 */
final class FaultRig {

    /** Far above what an answer takes that is judged by what has come, and far below the read timeout. */
    private static final long AT_ONCE_MILLIS = 2500;

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final List<String> CALLS = List.of("GET", "POST", "POST with key");

    /** What came back. */
    public record Reply(int status, List<String> head, String body) {}

    final TestClient client;
    final ScriptedServer server;
    private final boolean keeps;

    /**
     * @param keeps whether the connection may be used again
     * @param then what the server does behind the answer; without effects it keeps the connection open
     */
    FaultRig(LeakCheck leaks, Wiring wiring, boolean keeps, Answer answer, Effect... then) {
        this(leaks, wiring, keeps, settings -> settings, answer, then);
    }

    FaultRig(
            LeakCheck leaks,
            Wiring wiring,
            boolean keeps,
            UnaryOperator<TestClient.Settings> changes,
            Answer answer,
            Effect... then) {
        this.keeps = keeps;
        ServerScript script = wiring.server();
        if (keeps) {
            // Everything happens on one connection: the answer, then another, and so on.
            for (int i = 0; i < CALLS.size(); i++) {
                int request = 2 * i;
                script.onConnection(
                        0,
                        connection -> connection.request(request).answer(answer).then(then));
            }
        } else {
            for (int i = 0; i < CALLS.size(); i++) {
                int request = (i == 0) ? 0 : 1;
                script.onConnection(
                        i,
                        connection -> connection.request(request).answer(answer).then(then));
            }
        }
        this.server = leaks.server(script.start());
        this.client = TestClient.with(leaks, changes);
    }

    /** Expects that the answer is refused, and its connection closed by us. */
    void assertRefused(BadResponseException.Reason reason) {
        assertFails(BadResponseException.class, CloseReason.ERROR, bad -> {
            assertThat(bad.reason()).isEqualTo(reason.name().toLowerCase(java.util.Locale.ROOT));
            assertThat(bad.sent()).isEqualTo(Sent.YES);
            assertThat(bad.route()).isEqualTo(this.server.uri("").toString());
            assertThat(bad.getCause()).isNotNull();
        });
    }

    /** Expects that each call fails, and its connection is closed by us. */
    <T extends IOException> void assertFails(
            Class<T> type, CloseReason closed, java.util.function.Consumer<T> requirements) {
        for (int i = 0; i < CALLS.size(); i++) {
            String call = CALLS.get(i);
            long start = System.nanoTime();
            Throwable thrown = catchThrowable((ThrowingCallable) () -> call(call));

            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(AT_ONCE_MILLIS);
            assertThat(thrown).as(call).isInstanceOf(type);
            requirements.accept(type.cast(thrown));
            assertConnectionClosed(i + 1);
            assertThat(this.client.events.closed).endsWith(closed);
            assertNextCallWorks(i + 1);
        }
    }

    /** Expects this answer, and that the connection is kept or closed. */
    void assertAnswered(java.util.function.Consumer<Reply> requirements) throws IOException {
        for (int i = 0; i < CALLS.size(); i++) {
            requirements.accept(call(CALLS.get(i)));
            if (this.keeps) {
                assertThat(this.client.active()).isZero();
                assertThat(this.client.idle()).isOne();
            } else {
                assertConnectionClosed(i + 1);
            }
            assertNextCallWorks(i + 1);
        }
        if (this.keeps) {
            assertThat(this.server.connectionsAccepted()).isOne();
        }
    }

    private void assertConnectionClosed(int opened) {
        assertThat(this.client.active()).isZero();
        assertThat(this.client.idle()).isZero();
        assertThat(this.client.pending()).isZero();
        assertThat(this.client.events.closed).hasSize(opened);
        this.server.awaitConnectionsOpen(0, LIMIT);
    }

    private void assertNextCallWorks(int calls) {
        Throwable thrown = catchThrowable((ThrowingCallable) () -> {
            Reply next = send("GET", "/next", false);
            assertThat(next.body()).isEqualTo("ok");
        });
        assertThat(thrown).as("the next call").isNull();
        assertThat(this.server.requests()).hasSize(2 * calls);
    }

    private Reply call(String call) throws IOException {
        return send(call.equals("GET") ? "GET" : "POST", "/fault", call.endsWith("key"));
    }

    private Reply send(String method, String path, boolean keyed) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, this.server.uri(path));
        if (method.equals("POST")) {
            request.setEntity(new StringEntity("order"));
        }
        if (keyed) {
            request.setHeader("Idempotency-Key", "7");
        }
        return this.client.http().execute(request, response -> {
            HttpEntity entity = response.getEntity();
            List<String> head = java.util.Arrays.stream(response.getHeaders())
                    .map(Header::toString)
                    .toList();
            return new Reply(response.getCode(), head, (entity != null) ? EntityUtils.toString(entity) : "");
        });
    }
}

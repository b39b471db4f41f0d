// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.rst;
import static io.evenkeel.testing.Effect.stall;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.RetryDenial;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.retry.Retries;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Ports;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.transport.spec.AddressFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.IOCallback;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is sent again, seen by the server that counts it. */
class RetryTests {

    private static final Duration SHORT = Duration.ofMillis(300);

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final RetrySettings QUICK = settings(2, Duration.ofMillis(10), 10);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static RetrySettings settings(int maxRetries, Duration delay, int burst) {
        return new RetrySettings(
                true,
                maxRetries,
                Set.of(429, 502, 503, 504),
                delay,
                delay,
                Duration.ofSeconds(1),
                Duration.ZERO,
                burst,
                0.1);
    }

    private TestClient client(RetrySettings retry) {
        return client(settings -> settings.retry(retry));
    }

    private TestClient client(UnaryOperator<TestClient.Settings> changes) {
        return TestClient.with(this.leaks, settings -> changes.apply(settings.retry(QUICK)));
    }

    /** What a request says of its being sent twice. */
    enum Sending {
        GET(true, false),
        QUERY(true, true),
        POST(false, true),
        KEYED_POST(true, true),
        STREAMED_PUT(false, true);

        private final boolean sentAgain;
        private final boolean body;

        Sending(boolean sentAgain, boolean body) {
            this.sentAgain = sentAgain;
            this.body = body;
        }

        HttpUriRequestBase request(URI uri) {
            String method = name().substring(name().indexOf('_') + 1);
            HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
            if (this == KEYED_POST) {
                request.setHeader("Idempotency-Key", "k");
            }
            if (this.body) {
                request.setEntity(body());
            }
            return request;
        }

        private HttpEntity body() {
            byte[] bytes = "content".getBytes(StandardCharsets.UTF_8);
            return (this == STREAMED_PUT)
                    ? new InputStreamEntity(new ByteArrayInputStream(bytes), null)
                    : new StringEntity("content");
        }
    }

    /** What becomes of the first request, on a connection of its own. */
    enum Fault {
        STATUS_503(script -> script.answer(Answer.status(503))),
        STATUS_429(script -> script.answer(Answer.status(429).header("Retry-After", "0"))),
        STATUS_502_THAT_CLOSES(script -> script.answer(Answer.status(502)
                .header("Connection", "close")
                .closeDelimited()
                .body("bad"))),
        ENDED(script -> script.at(Moment.REQUEST_BODY, fin())),
        RESET(script -> script.at(Moment.REQUEST_BODY, rst())),
        HEAD_CUT_OFF(script -> script.cutAfter(12)),
        SILENT(script -> script.at(Moment.REQUEST_BODY, stall()));

        private final UnaryOperator<io.evenkeel.testing.RequestScript> script;

        Fault(UnaryOperator<io.evenkeel.testing.RequestScript> script) {
            this.script = script;
        }

        ScriptedServer first(LeakCheck leaks, Wiring wiring) throws Exception {
            return leaks.server(wiring.server()
                    .onConnection(0, connection -> this.script.apply(connection.request(0)))
                    .start());
        }
    }

    static Stream<Arguments> faultsAndSendings() {
        return Arrays.stream(Fault.values())
                .flatMap(fault -> Arrays.stream(Sending.values())
                        .flatMap(sending -> Stream.of(Wiring.PLAIN, Wiring.TLS_1_3)
                                .map(wiring -> Arguments.of(fault, sending, wiring))));
    }

    private static TestClient.Reply send(TestClient client, HttpUriRequestBase request) throws IOException {
        return client.http()
                .execute(
                        request,
                        response -> new TestClient.Reply(
                                response.getCode(),
                                (response.getEntity() != null) ? EntityUtils.toString(response.getEntity()) : ""));
    }

    /** {@return a thread whose call waits for its next attempt} */
    private static Thread pausing(TestClient client, AtomicReference<Throwable> thrown, ThrowingCallable call)
            throws InterruptedException {
        Thread caller = new Thread(() -> thrown.set(catchThrowable(call)));
        caller.start();
        eventually("it pauses", () -> !client.events.budgets.isEmpty() && client.active() == 0);
        return caller;
    }

    @ParameterizedTest
    @MethodSource("faultsAndSendings")
    void onlyWhatMayBeSentTwiceIs(Fault fault, Sending sending, Wiring wiring) throws Exception {
        ScriptedServer server = fault.first(this.leaks, wiring);
        TestClient client = client(settings -> settings.readTimeout(SHORT));

        AtomicReference<TestClient.Reply> reply = new AtomicReference<>();
        Throwable thrown = catchThrowable(() -> reply.set(send(client, sending.request(server.uri("/")))));

        assertThat(server.requests()).hasSize(sending.sentAgain ? 2 : 1);
        if (sending.sentAgain) {
            assertThat(thrown).isNull();
            assertThat(reply.get().status()).isEqualTo(200);
            assertThat(server.requests())
                    .extracting(request -> request.bodyText())
                    .containsOnly(sending.body ? "content" : "");
            assertThat(client.events.avoided).containsExactly(FailureAvoided.RETRIED);
            assertThat(client.events.attempts).last().isEqualTo("RETRY SUCCESS");
            assertThat(client.events.failures).isEmpty();
        } else {
            assertThat(client.events.avoided).isEmpty();
            assertThat(client.events.denied)
                    .containsExactly(
                            (sending == Sending.POST) ? RetryDenial.NOT_IDEMPOTENT : RetryDenial.NOT_REPEATABLE);
        }
        eventually("nothing is leased", () -> client.active() == 0);
        server.release();
    }

    @Test
    void theTableOfTheDocumentationSaysTheSame() throws Exception {
        Map<String, List<Fault>> rows = Map.of(
                "the connection broke before any response", List.of(Fault.ENDED, Fault.RESET),
                "the head of the response was cut off", List.of(Fault.HEAD_CUT_OFF),
                "no response head within the read timeout", List.of(Fault.SILENT),
                "a status in `statuses`: 429, 502, 503, 504",
                        List.of(Fault.STATUS_429, Fault.STATUS_502_THAT_CLOSES, Fault.STATUS_503));
        List<Sending> columns = List.of(Sending.GET, Sending.POST, Sending.KEYED_POST, Sending.STREAMED_PUT);
        Set<Fault> seen = EnumSet.noneOf(Fault.class);
        for (String line : Files.readAllLines(Path.of("../docs/retries.md"))) {
            String[] cells = line.split(" *\\| *", -1);
            List<Fault> faults = (cells.length > 2) ? rows.getOrDefault(cells[1], List.of()) : List.of();
            seen.addAll(faults);
            for (int i = 0; i < columns.size() && !faults.isEmpty(); i++) {
                assertThat(!cells[i + 2].startsWith("no"))
                        .as("%s, %s", cells[1], columns.get(i))
                        .isEqualTo(columns.get(i).sentAgain);
            }
        }

        // What each of them does on the wire stands above.
        assertThat(seen).containsExactlyInAnyOrder(Fault.values());
    }

    @ParameterizedTest
    @EnumSource(Sending.class)
    void whatWasNeverSentIsTriedAgainWhateverItIs(Sending sending) throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.refusing(this.leaks) + "/");
        TestClient client = client(QUICK);

        assertThatThrownBy(() -> send(client, sending.request(nobody)))
                .isInstanceOf(HttpHostConnectException.class)
                .hasMessageContaining("tried 3 times (client 'default'")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .hasSize(2)
                        .allSatisfy(earlier -> assertThat(earlier).isInstanceOf(ConnectException.class)));

        assertThat(client.events.created)
                .containsExactly(CreationResult.CONNECT, CreationResult.CONNECT, CreationResult.CONNECT);
        assertThat(client.events.denied).containsExactly(RetryDenial.MAX_RETRIES);
        assertThat(client.events.failures).hasSize(1);
    }

    @Test
    void aHandshakeThatTheServerBreaksIsTriedAgain() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https()
                .onConnection(0, connection -> connection.at(Moment.ACCEPT, fin()))
                .start());
        TestClient client = client(QUICK);

        assertThat(client.post(server.uri("/"), "x").body()).isEqualTo("ok");

        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @Test
    void aServerThatIsNotTrustedIsNotAskedAgain() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.https().start());
        TestClient client = client(settings -> settings.tls(null));

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(SSLHandshakeException.class);

        assertThat(server.connectionsAccepted()).isOne();
    }

    @Test
    void whatIsRefusedHereIsNotTriedAgain() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client =
                client(settings -> settings.addressFilter(new AddressFilter(new Object(), address -> false)));

        assertThat(catchThrowable(() -> client.get(server.uri("/")))).isInstanceOf(CallRejectedException.class);

        assertThat(client.events.denied).isEmpty();
        assertThat(client.events.budgets).isEmpty();
    }

    @Test
    void aResponseThatBreaksHttpIsNotAskedForAgain() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(Answer.raw("nonsense\r\n\r\n")).start());
        TestClient client = client(QUICK);

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(BadResponseException.class);

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void theLastResponseIsHandedOutWhole() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(Answer.status(503).body("overloaded"))
                .start());
        TestClient client = client(QUICK);

        assertThat(client.get(server.uri("/"))).isEqualTo(new TestClient.Reply(503, "overloaded"));

        assertThat(server.requests()).hasSize(3);
        // What was left was read, so the connection could be used again.
        assertThat(server.connectionsAccepted()).isOne();
        assertThat(client.events.attempts)
                .containsExactly("FIRST SERVER_ERROR", "RETRY SERVER_ERROR", "RETRY SERVER_ERROR");
        assertThat(client.events.avoided).isEmpty();
    }

    @Test
    void aHeadThatIsCutOffAgainSaysHowOftenItWasTried() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.cutAfter(12))
                .start());
        TestClient client = client(QUICK);

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(BadResponseException.class)
                .hasMessageContaining("tried 3 times");

        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void oneReadTimeoutOfACallIsEnough() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, stall()))
                .start());
        TestClient client = client(settings -> settings.readTimeout(SHORT));

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining(
                        "tried 2 times, not once more as a call is sent again after one read timeout only");

        assertThat(server.requests()).hasSize(2);
        server.release();
    }

    @Test
    void aKeptConnectionThatBreaksIsReplayedWithoutARetry() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, connection -> connection.request(1).at(Moment.REQUEST_BODY, fin()))
                .start());
        TestClient client = client(QUICK);
        client.get(server.uri("/first"));

        assertThat(client.get(server.uri("/second")).body()).isEqualTo("ok");

        assertThat(client.events.avoided).containsExactly(FailureAvoided.REPLAYED);
        assertThat(client.events.budgets).isEmpty();
    }

    @Test
    void aKeptConnectionThatAPostWasLostWithIsNoReasonForAnother() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, connection -> connection.request(1).at(Moment.REQUEST_BODY, fin()))
                .start());
        TestClient client = client(QUICK);
        client.get(server.uri("/first"));

        assertThatThrownBy(() -> client.post(server.uri("/second"), "x"))
                .isInstanceOf(ConnectionLostException.class)
                .message()
                .doesNotContain("tried");

        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void theRetriesAreThoseOfTheCallWhateverItsRedirects() throws Exception {
        AtomicInteger first = new AtomicInteger();
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/moved")
                        ? (first.getAndIncrement() == 0)
                                ? Answer.status(503)
                                : Answer.status(302).header("Location", "/there")
                        : Answer.status(503))
                .start());
        TestClient client = client(QUICK);

        assertThat(client.get(server.uri("/moved")).status()).isEqualTo(503);

        assertThat(server.requests())
                .extracting(request -> request.target())
                .containsExactly("/moved", "/moved", "/there", "/there");
    }

    @Test
    void whoAsksForMoreTimeThanAnybodyHasIsNotAskedAgain() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(Answer.status(503).header("Retry-After", "120"))
                .start());
        TestClient client = client(QUICK);

        assertThat(client.get(server.uri("/")).status()).isEqualTo(503);

        assertThat(server.requests()).hasSize(1);
        assertThat(client.events.denied).containsExactly(RetryDenial.RETRY_AFTER);
        assertThat(client.events.budgets).isEmpty();
    }

    @Test
    void whatTheServerAsksForIsWaitedFor() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> (calls.getAndIncrement() == 0)
                        ? Answer.status(503).header("Retry-After", "1")
                        : Answer.ok("ok"))
                .start());
        TestClient client = client(QUICK);

        long start = System.nanoTime();
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void anEmptyBudgetShowsTheFailureAndSaysSo() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.refusing(this.leaks) + "/");
        TestClient client = client(settings(2, Duration.ofMillis(1), 3));

        assertThatThrownBy(() -> client.get(nobody)).hasMessageContaining("tried 3 times (client");
        assertThatThrownBy(() -> client.get(nobody))
                .hasMessageContaining(
                        "tried 2 times, not once more as its retry budget is used up (evenkeel.retry.budget)");
        assertThatThrownBy(() -> client.get(nobody))
                .hasMessageContaining("not once more as its retry budget is used up");

        assertThat(client.events.created).hasSize(6);
        assertThat(client.events.denied)
                .containsExactly(RetryDenial.MAX_RETRIES, RetryDenial.BUDGET, RetryDenial.BUDGET);
    }

    @Test
    void theBudgetOfAnotherRouteIsAnotherOneAndSuccessesFillIt() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.refusing(this.leaks) + "/");
        AtomicInteger overloaded = new AtomicInteger(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> (overloaded.getAndDecrement() > 0) ? Answer.status(503) : Answer.ok("ok"))
                .start());
        TestClient client = client(settings(1, Duration.ofMillis(1), 1));
        catchThrowable(() -> client.get(nobody));

        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
        overloaded.set(1);
        assertThat(client.get(server.uri("/")).status()).isEqualTo(503);
        for (int i = 0; i < 10; i++) {
            client.get(server.uri("/"));
        }
        overloaded.set(1);
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @Test
    void noAttemptIsBegunThatWouldHaveNoTime() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(Answer.status(503).header("Retry-After", "1"))
                .start());
        TestClient client =
                client(settings -> settings.times(new TimeLimits(Duration.ofMillis(900), Duration.ofSeconds(30))));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(503);

        assertThat(server.requests()).hasSize(1);
        assertThat(client.events.denied).containsExactly(RetryDenial.TIME_LEFT);
    }

    @Test
    void anInterruptEndsThePause() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(Answer.status(503).header("Retry-After", "1"))
                .start());
        TestClient client = client(QUICK);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = pausing(client, thrown, () -> client.get(server.uri("/")));

        caller.interrupt();
        caller.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void whoIsInterruptedInThePauseLearnsWhatCameBefore() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.refusing(this.leaks) + "/");
        TestClient client = client(settings(2, LONG.multipliedBy(100), 10));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = pausing(client, thrown, () -> client.get(nobody));

        caller.interrupt();
        caller.join();

        assertThat(thrown.get())
                .isInstanceOf(InterruptedIOException.class)
                .satisfies(ex ->
                        assertThat(ex.getSuppressed()).singleElement().isInstanceOf(HttpHostConnectException.class));
    }

    @Test
    void aCallThatIsCancelledInThePauseEndsAtOnce() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(Answer.status(503).header("Retry-After", "60"))
                .start());
        RetrySettings patient = new RetrySettings(
                true,
                2,
                Set.of(503),
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                LONG.multipliedBy(10),
                Duration.ZERO,
                10,
                0.1);
        TestClient client = client(patient);
        HttpGet request = new HttpGet(server.uri("/"));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = pausing(client, thrown, () -> send(client, request));

        request.cancel();
        caller.join(LONG.toMillis());

        assertThat(caller.isAlive()).isFalse();
        assertThat(thrown.get()).isInstanceOf(IOException.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void withoutTheSwitchNothingIsSentAgain() throws Exception {
        ScriptedServer server = this.leaks.server(
                ScriptedServer.http().byDefault(Answer.status(503)).start());
        TestClient client = client(RetrySettings.DEFAULTS);

        assertThat(client.get(server.uri("/")).status()).isEqualTo(503);

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aRequestThatIsDeclaredIdempotentIsSentAgain() throws Exception {
        ScriptedServer server = Fault.ENDED.first(this.leaks, Wiring.PLAIN);
        TestClient client = client(QUICK);

        TestClient.Reply reply =
                Retries.withAttributes(Map.of(Retries.IDEMPOTENT, true), () -> client.post(server.uri("/"), "x"));

        assertThat(reply.body()).isEqualTo("ok");
        assertThat(server.requestCount("POST")).isEqualTo(2);
        // Of one request, and not of the thread.
        assertThat(Retries.take()).isNull();
    }

    @Test
    void aRequestThatIsDeclaredIdempotentIsReplayedToo() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, connection -> connection.request(1).at(Moment.REQUEST_BODY, fin()))
                .start());
        TestClient client = client(RetrySettings.DEFAULTS);
        client.get(server.uri("/first"));

        TestClient.Reply reply =
                Retries.withAttributes(Map.of(Retries.IDEMPOTENT, true), () -> client.post(server.uri("/second"), "x"));

        assertThat(reply.body()).isEqualTo("ok");
        assertThat(client.events.avoided).containsExactly(FailureAvoided.REPLAYED);
    }

    @Test
    void aRequestThatDoesNotWantItIsNotSentAgain() throws Exception {
        ScriptedServer server = Fault.STATUS_503.first(this.leaks, Wiring.PLAIN);
        TestClient client = client(QUICK);

        TestClient.Reply reply =
                Retries.withAttributes(Map.of(Retries.ENABLED, false), () -> client.get(server.uri("/")));

        assertThat(reply.status()).isEqualTo(503);
        assertThat(server.requests()).hasSize(1);
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
    }

    @Test
    void anAttributeThatIsNoBooleanIsRefused() {
        assertThatThrownBy(() -> Retries.withAttributes(Map.of(Retries.ENABLED, "no"), () -> "sent"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The attribute evenkeel.retry.enabled of a request has to be a Boolean, and is a java.lang.String.");
    }

    private static RetrySettings attemptTimeout(Duration limit) {
        return new RetrySettings(
                true, 2, Set.of(503), Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO, limit, 10, 0.1);
    }

    @Test
    void theTimeoutOfAnAttemptIsThatOfItsHeadOnly() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, connection -> connection.request(0).at(Moment.REQUEST_BODY, stall()))
                .onConnection(
                        1, connection -> connection.request(0).at(Moment.RESPONSE_HEAD, pause(SHORT.multipliedBy(2))))
                .start());
        TestClient client = client(attemptTimeout(SHORT));

        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");

        assertThat(server.requests()).hasSize(2);
        server.release();
    }

    @Test
    void anAttemptThatIsTooLateNamesItsKey() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, stall()))
                .start());
        TestClient client = client(attemptTimeout(SHORT));

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("limit 300ms")
                .hasMessageContaining("Raise evenkeel.retry.attempt-timeout if the server may take longer.");
        server.release();
    }

    /** A call that the application makes while it writes the body of another one. */
    private static HttpEntity calling(IOCallback<OutputStream> call) {
        return new EntityTemplate(-1, null, null, out -> {
            out.write(new byte[20_000]);
            call.execute(out);
        });
    }

    @Test
    void aCallThatIsLostWithinAnotherOneSaysNothingOfThat() throws Exception {
        ScriptedServer inner = this.leaks.server(ScriptedServer.http()
                .onConnection(0, connection -> connection.request(1).at(Moment.REQUEST_BODY, fin()))
                .start());
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = client(QUICK);
        TestClient innerClient = client(RetrySettings.DEFAULTS);
        innerClient.get(inner.uri("/first"));
        HttpUriRequestBase request = new HttpUriRequestBase("PUT", server.uri("/"));
        request.setEntity(calling(out -> innerClient.post(inner.uri("/second"), "x")));

        assertThatThrownBy(() -> send(client, request)).isInstanceOf(ConnectionLostException.class);

        assertThat(server.requests()).hasSizeLessThanOrEqualTo(1);
        assertThat(inner.requestCount("POST")).isOne();
        assertThat(client.events.denied).isEmpty();
    }

    @Test
    void aCallThatIsCancelledInThePauseOfARedirectEndsAtOnce() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.refusing(this.leaks) + "/");
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(Answer.status(302).header("Location", nobody.toString()))
                .start());
        RetrySettings patient = settings(2, LONG.multipliedBy(100), 10);
        TestClient client = client(patient);
        HttpGet request = new HttpGet(server.uri("/"));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = pausing(client, thrown, () -> send(client, request));

        request.cancel();
        caller.join(LONG.toMillis());

        assertThat(caller.isAlive()).isFalse();
        assertThat(thrown.get()).isInstanceOf(IOException.class);
    }

    @Test
    void thePausesEndWithTheClients() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.refusing(this.leaks) + "/");
        TestClient client = client(settings(2, LONG.multipliedBy(100), 10));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = pausing(client, thrown, () -> client.get(nobody));

        client.pools.close();
        caller.join(LONG.toMillis());

        assertThat(caller.isAlive()).isFalse();
        assertThat(thrown.get()).isInstanceOf(IOException.class);
    }

    @Test
    void eachAttemptAuthenticatesAnew() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> {
                    if (request.header("Authorization") == null) {
                        return Answer.status(401)
                                .header("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"");
                    }
                    return (answers.getAndIncrement() == 0) ? Answer.status(503) : Answer.ok("ok");
                })
                .start());
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
        TestClient client =
                client(settings -> settings.customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));

        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");

        List<String> sent = server.requests().stream()
                .map(request -> request.header("Authorization"))
                .filter(Objects::nonNull)
                .toList();
        assertThat(sent).hasSize(2).doesNotHaveDuplicates();
        assertThat(client.events.avoided).containsExactly(FailureAvoided.RETRIED);
    }

    @Test
    void aCallIsSavedOnceWhateverItsRedirects() throws Exception {
        AtomicInteger overloaded = new AtomicInteger(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> (overloaded.getAndDecrement() > 0)
                        ? Answer.status(503)
                        : request.target().equals("/moved")
                                ? Answer.status(302).header("Location", "/there")
                                : Answer.ok("ok"))
                .start());
        TestClient client = client(QUICK);

        assertThat(client.get(server.uri("/moved")).body()).isEqualTo("ok");

        assertThat(client.events.avoided).containsExactly(FailureAvoided.RETRIED);
    }

    @Test
    void theAttemptsOfARequestAreNotThoseBeforeItsRedirect() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.refusing(this.leaks) + "/");
        AtomicInteger overloaded = new AtomicInteger(2);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> (overloaded.getAndDecrement() > 0)
                        ? Answer.status(503)
                        : Answer.status(302).header("Location", nobody.toString()))
                .start());
        TestClient client = client(QUICK);

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(HttpHostConnectException.class)
                .message()
                .doesNotContain("tried");
        assertThat(client.events.avoided).isEmpty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Effect.call;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.rst;
import static io.evenkeel.testing.Effect.until;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.deadline.Deadlines;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.CallTimeoutException;
import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.RetryDenial;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.breaker.BreakerSettings;
import io.evenkeel.policy.breaker.BreakerSettings.WindowType;
import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.resilience4j.Resilience4jBreakers;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Ports;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.transport.pool.PoolRig;
import io.evenkeel.transport.spec.AddressFilter;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What opens a circuit breaker, what does not, and what it keeps from the server, which counts. */
class CircuitBreakerTests {

    private static final int ATTEMPTS = 4;

    private static final Duration SHORT = Duration.ofMillis(200);

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final BreakerSettings FOUR_ATTEMPTS = settings(true, 2, Duration.ZERO);

    private static final RetrySettings RETRIES = new RetrySettings(
            true,
            2,
            Set.of(503),
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            Duration.ZERO,
            100,
            0.1);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
    private final VirtualTime time = new VirtualTime();

    private static BreakerSettings settings(boolean perRoute, int trials, Duration slow) {
        return new BreakerSettings(
                true,
                perRoute,
                50,
                WindowType.COUNT_BASED,
                ATTEMPTS,
                ATTEMPTS,
                trials,
                Duration.ofSeconds(5),
                slow,
                100);
    }

    private TestClient client(UnaryOperator<TestClient.Settings> changes) {
        return client(FOUR_ATTEMPTS, changes);
    }

    private TestClient client(BreakerSettings settings, UnaryOperator<TestClient.Settings> changes) {
        Resilience4jBreakers breakers = new Resilience4jBreakers(this.registry, 50, this.time);
        return TestClient.with(
                this.leaks, defaults -> changes.apply(defaults.breakers(breakers.of("default", settings))));
    }

    private TestClient client() {
        return client(settings -> settings);
    }

    private ScriptedServer answering(int status) {
        return this.leaks.server(ScriptedServer.http()
                .byDefault(request -> Answer.status(status))
                .start());
    }

    private CircuitBreaker breaker(ScriptedServer server) {
        return this.registry.find("default@127.0.0.1:" + server.port()).orElseThrow();
    }

    private static void fail(TestClient client, ScriptedServer server, int times) {
        for (int i = 0; i < times; i++) {
            catchThrowable(() -> client.get(server.uri("/")));
        }
    }

    @Test
    void nothingIsSentWhileItIsOpenAndNoConnectionIsTaken() throws Exception {
        ScriptedServer server = answering(503);
        TestClient client = client();
        fail(client, server, ATTEMPTS);
        int acquired = client.events.acquired.size();

        CallRejectedException refusal =
                catchThrowableOfType(CallRejectedException.class, () -> client.get(server.uri("/")));

        assertThat(refusal.rejection()).isEqualTo(CallRejectedException.Reason.CIRCUIT_OPEN);
        assertThat(refusal.reason()).isEqualTo("circuit_open");
        assertThat(refusal).hasCauseInstanceOf(CallNotPermittedException.class);
        assertThat(refusal.getMessage())
                .matches(
                        ("Client 'default' did not send GET http://127.0.0.1:%d: circuit breaker 'default@127.0.0.1:%d' is open, "
                                        + "as 4 of 4 attempts \\(100%%\\) failed. The last failure was status 503. The next attempt is let "
                                        + "through in [456](\\.\\d)?s. See evenkeel.circuit-breaker.")
                                .formatted(server.port(), server.port()));
        assertThat(server.requests()).hasSize(ATTEMPTS);
        assertThat(client.events.acquired).hasSize(acquired);
        assertThat(client.events.failures).containsExactly(FailureReason.CIRCUIT_OPEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 400, 404, 408, 429, 499})
    void whatIsNoErrorOfTheServerDoesNotOpenIt(int status) throws Exception {
        ScriptedServer server = answering(status);
        TestClient client = client();

        fail(client, server, 3 * ATTEMPTS);

        assertThat(server.requests()).hasSize(3 * ATTEMPTS);
        assertThat(breaker(server).getState()).isEqualTo(State.CLOSED);
        assertThat(breaker(server).getMetrics().getNumberOfFailedCalls()).isZero();
    }

    /** What a server does to each request. */
    enum Fault {
        STATUS_500,
        RESET,
        ENDED,
        CUT_OFF,
        NONSENSE,
        SILENT
    }

    @ParameterizedTest
    @EnumSource
    void failuresOfTheServerOpenIt(Fault fault) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> {
                    switch (fault) {
                        case STATUS_500 -> request.answer(Answer.status(500));
                        case RESET -> request.at(Moment.REQUEST_BODY, rst());
                        case ENDED -> request.at(Moment.REQUEST_BODY, fin());
                        case CUT_OFF -> request.cutAfter(12);
                        case NONSENSE -> request.answer(Answer.raw("nonsense\r\n\r\n"));
                        case SILENT -> request.at(Moment.REQUEST_BODY, until(over));
                    }
                })
                .start());
        TestClient client = client(settings -> settings.readTimeout(SHORT));

        fail(client, server, ATTEMPTS);
        over.countDown();

        assertThat(breaker(server).getState()).isEqualTo(State.OPEN);
        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(CallRejectedException.class);
    }

    @Test
    void aServerThatIsNotThereOpensIt() throws Exception {
        TestClient client = client();
        URI nobody = URI.create("http://127.0.0.1:" + Ports.refusing(this.leaks) + "/");
        for (int i = 0; i < ATTEMPTS; i++) {
            assertThatThrownBy(() -> client.get(nobody)).isInstanceOf(ConnectException.class);
        }

        assertThatThrownBy(() -> client.get(nobody))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("Connection refused");
    }

    @Test
    void aRouteThatIsBadDoesNotCloseTheOthers() throws Exception {
        ScriptedServer bad = answering(500);
        ScriptedServer good = answering(200);
        TestClient client = client();
        fail(client, bad, ATTEMPTS);

        assertThat(client.get(good.uri("/")).status()).isEqualTo(200);
        assertThatThrownBy(() -> client.get(bad.uri("/"))).isInstanceOf(CallRejectedException.class);
    }

    @Test
    void oneForAllRoutesClosesAll() throws Exception {
        ScriptedServer bad = answering(500);
        ScriptedServer good = answering(200);
        BreakerSettings forAll = settings(false, 2, Duration.ZERO);
        TestClient client = client(forAll, settings -> settings);
        fail(client, bad, ATTEMPTS);

        assertThatThrownBy(() -> client.get(good.uri("/")))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("circuit breaker 'default' is open");
    }

    @Test
    void slowResponsesOpenItIfSomebodyWantsThat() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request ->
                        request.at(Moment.REQUEST_BODY, call(() -> this.time.advance(Duration.ofSeconds(2)))))
                .start());
        BreakerSettings slow = settings(true, 2, Duration.ofSeconds(1));
        TestClient client = client(slow, settings -> settings.ticker(this.time));
        for (int i = 0; i < ATTEMPTS; i++) {
            assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        }

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("as 4 of 4 attempts (100%) were slow");
    }

    @Test
    void whatEvenkeelRefusesDoesNotCount() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, connection -> connection.request(0).at(Moment.REQUEST_BODY, until(over)))
                .start());
        TestClient client = client(settings -> settings.limits(1, 0));
        FutureTask<TestClient.Reply> holder = new FutureTask<>(() -> client.get(server.uri("/")));
        new Thread(holder, "holder").start();
        server.awaitRequests(1, LONG);

        for (int i = 0; i < 3 * ATTEMPTS; i++) {
            assertThatThrownBy(() -> Deadlines.within(SHORT.dividedBy(4), () -> client.get(server.uri("/"))))
                    .isInstanceOf(CallTimeoutException.class);
        }
        over.countDown();

        assertThat(holder.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(breaker(server).getMetrics().getNumberOfFailedCalls()).isZero();
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
    }

    /** Who is in a hurry. */
    enum Hurry {
        DEADLINE,
        READ_TIMEOUT
    }

    @ParameterizedTest
    @EnumSource
    void whoIsInAHurryDoesNotOpenItForOthers(Hurry hurry) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, until(over)))
                .start());
        TestClient client = client();
        for (int i = 0; i < 2 * ATTEMPTS; i++) {
            Throwable thrown = (hurry == Hurry.DEADLINE)
                    ? catchThrowable(() -> Deadlines.within(Duration.ofMillis(20), () -> client.get(server.uri("/"))))
                    : catchThrowable(() -> Deadlines.withAttributes(
                            Map.of(Deadlines.READ_TIMEOUT, Duration.ofMillis(20)), () -> client.get(server.uri("/"))));
            assertThat(thrown)
                    .isInstanceOf(
                            (hurry == Hurry.DEADLINE) ? CallTimeoutException.class : SocketTimeoutException.class);
        }
        over.countDown();

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(breaker(server).getMetrics().getNumberOfFailedCalls()).isZero();
    }

    @Test
    void theTimeThatTheClientAllowsOpensIt() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, until(over)))
                .start());
        TestClient client = client(settings -> settings.times(new TimeLimits(SHORT, LONG)));

        // On a busy machine the time may be over before anything was sent, which says nothing of the server.
        fail(client, server, 4 * ATTEMPTS);
        over.countDown();

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(CallRejectedException.class);
    }

    @Test
    void eachAttemptCountsAndAnOpenOneEndsTheRetries() throws Exception {
        ScriptedServer server = answering(503);
        TestClient client = client(settings -> settings.retry(RETRIES));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(503);
        assertThat(client.get(server.uri("/")).status()).isEqualTo(503);

        assertThat(server.requests()).hasSize(ATTEMPTS);
        assertThat(client.events.denied).containsExactly(RetryDenial.MAX_RETRIES, RetryDenial.CIRCUIT_OPEN);
    }

    @Test
    void theLastFailureSaysWhyItWasNotSentAgain() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, rst()))
                .start());
        TestClient client = client(settings -> settings.retry(RETRIES));
        fail(client, server, 1);

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .hasMessageContaining("not once more as its circuit breaker is open (evenkeel.circuit-breaker)");
        assertThat(server.requests()).hasSize(ATTEMPTS);
    }

    @Test
    void itClosesAgainWhenItsTrialsSucceed() throws Exception {
        AtomicInteger bad = new AtomicInteger(ATTEMPTS);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(request -> (bad.getAndDecrement() > 0) ? Answer.status(503) : Answer.ok("ok"))
                .start());
        TestClient client = client();
        fail(client, server, ATTEMPTS);

        this.time.advance(Duration.ofMillis(3_900));
        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(CallRejectedException.class);
        this.time.advance(Duration.ofMillis(2_200));
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(breaker(server).getState()).isEqualTo(State.HALF_OPEN);
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);

        assertThat(breaker(server).getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void whileItTriesTheOthersAreRefused() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, until(over)))
                .start());
        BreakerSettings oneTrial = settings(true, 1, Duration.ZERO);
        TestClient client = client(oneTrial, settings -> settings);
        this.registry.circuitBreaker("default@127.0.0.1:" + server.port(), trying());
        breaker(server).transitionToOpenState();
        breaker(server).transitionToHalfOpenState();
        FutureTask<TestClient.Reply> trial = new FutureTask<>(() -> client.get(server.uri("/")));
        new Thread(trial, "trial").start();
        server.awaitRequests(1, LONG);

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("is half-open, and other attempts are under way that decide.");
        over.countDown();

        assertThat(trial.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(breaker(server).getState()).isEqualTo(State.CLOSED);
    }

    private static CircuitBreakerConfig trying() {
        return CircuitBreakerConfig.custom()
                .permittedNumberOfCallsInHalfOpenState(1)
                .build();
    }

    @Test
    void anErrorInACallDoesNotTakeAwayATrial() throws Exception {
        ScriptedServer server = answering(200);
        TestClient client = client();
        this.registry.circuitBreaker("default@127.0.0.1:" + server.port(), trying());
        breaker(server).transitionToOpenState();
        breaker(server).transitionToHalfOpenState();
        HttpPost post = new HttpPost(server.uri("/"));
        post.setEntity(new EntityTemplate(-1, null, null, out -> {
            throw new StackOverflowError("in the body");
        }));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> client.http().execute(post, response -> null))
                    .isInstanceOf(StackOverflowError.class);
        }

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(breaker(server).getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void thereIsNoReplayWhileItIsOpen() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        connection -> connection
                                .request(0)
                                .request(1)
                                .at(
                                        Moment.REQUEST_BODY,
                                        call(() -> this.registry
                                                .getAllCircuitBreakers()
                                                .forEach(CircuitBreaker::transitionToOpenState)),
                                        fin()))
                .start());
        TestClient client = client();
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("not sent again, as the circuit breaker of the route is open.");
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void aReplayThatSucceedsIsNoFailure() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, connection -> connection.request(0).request(1).at(Moment.REQUEST_BODY, fin()))
                .start());
        TestClient client = client();
        client.get(server.uri("/"));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);

        assertThat(server.requests()).hasSize(3);
        assertThat(breaker(server).getMetrics().getNumberOfFailedCalls()).isZero();
    }

    @Test
    void aCallThatWasCancelledOrInterruptedDoesNotCount() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> request.at(Moment.REQUEST_BODY, until(over)))
                .start());
        TestClient client = client();
        for (int i = 0; i < ATTEMPTS; i++) {
            FutureTask<TestClient.Reply> waiting = new FutureTask<>(() -> client.get(server.uri("/")));
            Thread caller = new Thread(waiting, "caller");
            caller.start();
            server.awaitRequests(i + 1, LONG);
            caller.interrupt();
            assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).isNotNull();
        }
        over.countDown();
        eventually("all have left", () -> client.active() == 0);

        assertThat(breaker(server).getMetrics().getNumberOfBufferedCalls()).isZero();
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
    }

    /** What Evenkeel refuses on its own. */
    enum Refusal {
        POOL_EXHAUSTED,
        ACQUIRE_TIMEOUT,
        ADDRESS_REFUSED,
        TOO_LARGE,
        UNTRUSTED
    }

    @ParameterizedTest
    @EnumSource
    void whatEvenkeelRefusesIsNoFailureOfTheServer(Refusal refusal) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        boolean full = refusal == Refusal.POOL_EXHAUSTED || refusal == Refusal.ACQUIRE_TIMEOUT;
        ServerScript script = (refusal == Refusal.UNTRUSTED) ? ScriptedServer.https() : ScriptedServer.http();
        ScriptedServer server = this.leaks.server(
                full
                        ? script.onConnection(
                                        0, connection -> connection.request(0).at(Moment.REQUEST_BODY, until(over)))
                                .start()
                        : script.byDefault(request -> Answer.ok("ok").header("X-Long", "x".repeat(100_000)))
                                .start());
        TestClient client = client(settings -> switch (refusal) {
            case POOL_EXHAUSTED -> settings.limits(acquiring(Duration.ZERO));
            case ACQUIRE_TIMEOUT -> settings.limits(acquiring(Duration.ofMillis(5)));
            case ADDRESS_REFUSED -> settings.addressFilter(new AddressFilter(this, address -> false));
            case TOO_LARGE -> settings;
            case UNTRUSTED -> settings.tls(null);
        });
        FutureTask<TestClient.Reply> holder = new FutureTask<>(() -> client.get(server.uri("/")));
        if (full) {
            new Thread(holder, "holder").start();
            server.awaitRequests(1, LONG);
        }

        for (int i = 0; i < 2 * ATTEMPTS; i++) {
            assertThatThrownBy(() -> client.get(server.uri("/")))
                    .satisfies(thrown -> assertThat(EvenkeelException.in(thrown))
                            .get()
                            .extracting(EvenkeelException::reason)
                            .isEqualTo(
                                    (refusal == Refusal.UNTRUSTED)
                                            ? "tls"
                                            : refusal.name().toLowerCase(Locale.ROOT)));
        }
        over.countDown();

        if (full) {
            assertThat(holder.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
        assertThat(breaker(server).getMetrics().getNumberOfFailedCalls()).isZero();
        assertThat(breaker(server).getState()).isEqualTo(State.CLOSED);
    }

    private static PoolLimits acquiring(Duration timeout) {
        PoolLimits l = PoolRig.LIMITS;
        return new PoolLimits(
                1,
                0,
                l.overflowLinger(),
                l.maxIdle(),
                timeout,
                l.idleTimeout(),
                l.maxIdleTimeout(),
                l.learnIdleTimeout(),
                l.maxLifetime());
    }

    @Test
    void aTunnelThatAProxyDoesNotMakeSaysNothingOfTheServer() throws Exception {
        ScriptedServer proxy = answering(403);
        TestClient client = client(settings -> settings.proxy(ProxyTests.through(proxy.port())));
        for (int i = 0; i < 2 * ATTEMPTS; i++) {
            assertThatThrownBy(() -> client.get(URI.create("https://origin.invalid/")))
                    .isInstanceOf(HttpHostConnectException.class);
        }

        assertThat(proxy.requests()).hasSize(2 * ATTEMPTS);
    }

    /** What was known before the breaker opened, while the call paused. */
    enum Before {
        STATUS,
        RESET
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatWasRefusedItsNextAttemptTellsOfTheOneBefore(Before before) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(request -> {
                    if (before == Before.STATUS) {
                        request.answer(Answer.status(503));
                    } else {
                        request.at(Moment.REQUEST_BODY, rst());
                    }
                })
                .start());
        Duration pause = Duration.ofSeconds(2);
        RetrySettings pausing =
                new RetrySettings(true, 1, Set.of(503), pause, pause, Duration.ofSeconds(1), Duration.ZERO, 100, 0.1);
        TestClient client = client(settings -> settings.retry(pausing));
        Throwable thrown = null;
        // The pause is random, and may be over before the breaker is opened.
        for (int i = 1;
                thrown == null || server.requests().size() > i;
                i = server.requests().size() + 1) {
            this.registry.getAllCircuitBreakers().forEach(CircuitBreaker::reset);
            client.events.budgets.clear();
            FutureTask<Throwable> call = new FutureTask<>(() -> catchThrowable(() -> client.get(server.uri("/"))));
            new Thread(call, "caller").start();
            eventually("it pauses", () -> !client.events.budgets.isEmpty());
            breaker(server).transitionToOpenState();
            thrown = call.get(10, TimeUnit.SECONDS);
        }

        if (before == Before.STATUS) {
            assertThat(thrown)
                    .isInstanceOf(CallRejectedException.class)
                    .hasMessageContaining("circuit breaker 'default@127.0.0.1:%d' is open".formatted(server.port()))
                    .hasMessageEndingWith("The call was tried before; the last response had status 503.");
            assertThat(((CallRejectedException) thrown).sent()).isEqualTo(Sent.YES);
        } else {
            assertThat(thrown)
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining(", not once more as its circuit breaker is open (evenkeel.circuit-breaker)")
                    .satisfies(failure -> assertThat(failure.getSuppressed())
                            .hasAtLeastOneElementOfType(CallRejectedException.class));
        }
    }
}

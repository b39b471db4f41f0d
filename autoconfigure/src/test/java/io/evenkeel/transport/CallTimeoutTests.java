// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static io.evenkeel.testing.Effect.drip;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.until;
import static io.evenkeel.testing.Effect.writeForever;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.error.CallTimeoutException;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.FailureReason;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.testing.Stalls;
import io.evenkeel.testing.VirtualThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever keeps a call, it ends when its time is over: with all that it held given back, and the next call served. */
class CallTimeoutTests {

    private static final Duration LIMIT = Duration.ofMillis(300);

    private static final Duration LATEST = LIMIT.plusMillis(20);

    private static final Duration LONG = Duration.ofSeconds(20);

    /** A machine that is busy with other things keeps threads waiting. What is late for that is told, and tried again. */
    private static final int MOST_ATTEMPTS = 10;

    private static final byte[] UPLOAD = new byte[64 * 1024 * 1024];

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** What keeps a call, and in which phase. */
    enum Keeper {
        ACQUIRE(CallPhase.ACQUIRING),
        DNS(CallPhase.RESOLVING),
        CONNECT(CallPhase.CONNECTING),
        TLS(CallPhase.HANDSHAKE),
        PROXY_CONNECT(CallPhase.CONNECTING),
        WRITE(CallPhase.SENDING),
        INTERIM(CallPhase.WAITING),
        HEAD(CallPhase.WAITING),
        DRIP_OF_HEAD(CallPhase.WAITING),
        BODY(CallPhase.READING),
        DRIP_OF_BODY(CallPhase.READING),
        GZIP_BODY(CallPhase.READING),
        REDIRECT(CallPhase.WAITING),
        CHALLENGE(CallPhase.WAITING),
        REPLAY(CallPhase.WAITING),
        CLOSE(CallPhase.READING);

        private final CallPhase phase;

        Keeper(CallPhase phase) {
            this.phase = phase;
        }

        boolean isOfTls() {
            return this == TLS || this == PROXY_CONNECT;
        }
    }

    static Stream<Arguments> keepers() {
        List<Arguments> rows = new ArrayList<>();
        for (Keeper keeper : Keeper.values()) {
            for (boolean secure : new boolean[] {false, true}) {
                for (boolean virtual : new boolean[] {false, true}) {
                    if (secure || !keeper.isOfTls()) {
                        rows.add(Arguments.of(keeper, secure, virtual));
                    }
                }
            }
        }
        return rows.stream();
    }

    @ParameterizedTest(name = "{0}, TLS: {1}, virtual thread: {2}")
    @MethodSource("keepers")
    void aCallEndsWhenItsTimeIsOver(Keeper keeper, boolean secure, boolean virtual) throws Exception {
        assumeTrue(!virtual || VirtualThreads.arePossible(), "This JDK has no virtual threads");
        List<String> late = new ArrayList<>();
        try (Stalls stalls = new Stalls()) {
            // The first time, classes are loaded.
            attempt(keeper, secure, virtual);
            for (int i = 0; i < MOST_ATTEMPTS; i++) {
                stalls.take();
                Outcome outcome = attempt(keeper, secure, virtual);
                if (outcome.inTime() && outcome.phase() == keeper.phase) {
                    return;
                }
                late.add("%s, machine stalled for %d ms"
                        .formatted(outcome, stalls.take().toMillis()));
            }
        }
        fail("Never ended in time, and in its phase: " + String.join("; ", late));
    }

    private Outcome attempt(Keeper keeper, boolean secure, boolean virtual) throws Exception {
        Situation situation = new Situation(keeper, secure);
        Outcome outcome = VirtualThreads.run(virtual, situation::call);
        situation.assertOver(outcome);
        return outcome;
    }

    /** When a call ended, and what it did just then. */
    private record Outcome(Duration took, CallPhase phase) {

        boolean inTime() {
            return this.took.compareTo(LATEST) <= 0;
        }
    }

    /** A server that keeps calls, a client with a limit, and what is to be seen of both. */
    private final class Situation {

        private final Keeper keeper;
        private final boolean secure;
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicInteger redirects = new AtomicInteger();
        private final ScriptedServer server;
        private final TestClient client;
        private final URI uri;
        private final CloseableHttpClient unlimited;
        private FutureTask<TestClient.Reply> holder;

        Situation(Keeper keeper, boolean secure) throws Exception {
            this.keeper = keeper;
            this.secure = secure;
            this.server = leaks.server(server());
            UnaryOperator<TestClient.Settings> changes = this::settings;
            this.client = TestClient.with(leaks, changes);
            this.uri = (keeper == Keeper.PROXY_CONNECT)
                    ? URI.create("https://origin.invalid/")
                    : (keeper == Keeper.DNS)
                            ? URI.create(this.server.uri("/").toString().replace("127.0.0.1", "localhost"))
                            : this.server.uri("/");
            this.unlimited = this.client.another(settings(TestClient.Settings.DEFAULTS)
                    .times(TimeLimits.DEFAULTS)
                    .tls(this.client.tls()));
            prepare();
        }

        private ScriptedServer server() {
            ServerScript script = (this.secure && this.keeper != Keeper.PROXY_CONNECT)
                    ? ScriptedServer.https()
                    : ScriptedServer.http();
            Effect held = until(this.released);
            switch (this.keeper) {
                case CONNECT -> script.backlog(1).withoutAccepting();
                case TLS -> script.onConnection(0, c -> c.at(Moment.ACCEPT, held));
                case PROXY_CONNECT, HEAD, ACQUIRE ->
                    script.onConnection(0, c -> c.request(0).at(Moment.REQUEST_BODY, held));
                case WRITE -> script.onConnection(0, c -> c.request(0).at(Moment.REQUEST_HEAD, held));
                case INTERIM ->
                    script.onConnection(
                            0,
                            c -> c.request(0)
                                    .at(
                                            Moment.REQUEST_BODY,
                                            drip(1, Duration.ofMillis(10)),
                                            writeForever("HTTP/1.1 102 Processing\r\n\r\n")));
                case DRIP_OF_HEAD ->
                    script.onConnection(0, c -> c.request(0).at(Moment.REQUEST_BODY, drip(1, Duration.ofMillis(30))));
                case BODY ->
                    script.onConnection(
                            0, c -> c.request(0).answer(ok("0123456789")).at(Moment.RESPONSE_BODY, held));
                case DRIP_OF_BODY ->
                    script.onConnection(
                            0,
                            c -> c.request(0)
                                    .answer(ok("0".repeat(1000)))
                                    .at(Moment.RESPONSE_HEAD, drip(1, Duration.ofMillis(30))));
                case GZIP_BODY ->
                    script.onConnection(
                            0,
                            c -> c.request(0)
                                    .answer(status(200)
                                            .header("Content-Encoding", "gzip")
                                            .body(zipped()))
                                    .at(Moment.RESPONSE_HEAD, drip(1, Duration.ofMillis(30))));
                case CLOSE ->
                    script.onConnection(
                            0,
                            c -> c.request(0)
                                    .answer(ok("0".repeat(1000)))
                                    .at(Moment.RESPONSE_HEAD, drip(1, Duration.ofMillis(2))));
                case REDIRECT ->
                    script.onEveryRequest(r -> r.answer(
                                    request -> status(302).header("Location", "/" + this.redirects.incrementAndGet()))
                            .at(Moment.REQUEST_BODY, pause(Duration.ofMillis(100))));
                case CHALLENGE ->
                    script.onConnection(
                            0,
                            c -> c.request(0)
                                    .answer(status(401).header("WWW-Authenticate", "Basic realm=\"r\""))
                                    .request(1)
                                    .at(Moment.REQUEST_BODY, held));
                case REPLAY ->
                    script.onConnection(0, c -> c.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin()))
                            .onConnection(1, c -> c.request(0).at(Moment.REQUEST_BODY, held));
                case DNS -> {}
            }
            return script.start();
        }

        private byte[] zipped() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
                for (int i = 0; i < 2000; i++) {
                    zip.write((i * 7919) >> 3);
                }
            } catch (IOException ex) {
                throw new IllegalStateException(ex);
            }
            return bytes.toByteArray();
        }

        private TestClient.Settings settings(TestClient.Settings defaults) {
            TestClient.Settings settings = defaults.times(new TimeLimits(LIMIT, LONG))
                    .readTimeout(LONG)
                    .connectTimeout(LONG);
            return switch (this.keeper) {
                case ACQUIRE -> settings.limits(1, 0);
                case DNS -> settings.resolver(new HangingResolver(this.released));
                case PROXY_CONNECT -> settings.proxy(ProxyTests.through(this.server.port()));
                case CHALLENGE ->
                    settings.customizer(builder -> {
                        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
                        credentials.setCredentials(
                                new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
                        builder.setDefaultCredentialsProvider(credentials);
                    });
                default -> settings;
            };
        }

        private void prepare() throws Exception {
            if (this.keeper == Keeper.REPLAY) {
                TestClient.send(this.unlimited, "GET", this.uri, null);
            }
            if (this.keeper == Keeper.ACQUIRE) {
                this.holder = new FutureTask<>(() -> TestClient.send(this.unlimited, "GET", this.uri, null));
                Thread thread = new Thread(this.holder, "holder");
                thread.start();
                this.server.awaitRequests(1, LONG);
            }
            if (this.keeper == Keeper.CONNECT) {
                fillBacklog();
            }
        }

        private void fillBacklog() {
            for (int i = 0; i < 3; i++) {
                leaks.closeAfter(connecting());
            }
        }

        private AutoCloseable connecting() {
            try {
                var channel = java.nio.channels.SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(new java.net.InetSocketAddress("127.0.0.1", this.server.port()));
                return channel;
            } catch (IOException ex) {
                throw new IllegalStateException(ex);
            }
        }

        /** {@return how it ended for the caller} */
        Outcome call() {
            long start = System.nanoTime();
            Throwable thrown = catchThrowable(this::exchange);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            if (this.keeper == Keeper.CLOSE
                    && !(thrown instanceof CallTimeoutException early && early.phase() != CallPhase.READING)) {
                assertThat(thrown).isNull();
                return new Outcome(took, this.keeper.phase);
            }
            assertThat(thrown).isInstanceOf(CallTimeoutException.class);
            CallTimeoutException late = (CallTimeoutException) thrown;
            assertThat(took).isGreaterThanOrEqualTo(LIMIT);
            assertThat(late.reason()).isEqualTo("call_timeout");
            assertThat(late.limit()).isEqualTo(LIMIT);
            assertThat(late.spent()).containsKey(late.phase());
            assertThat(late.spent().values().stream().reduce(Duration.ZERO, Duration::plus))
                    .isBetween(LIMIT.minusMillis(1), took.plusMillis(1));
            assertThat(late)
                    .hasMessageContaining("took longer than 300ms (client 'default', "
                            + late.phase().words())
                    .hasMessageEndingWith("Raise evenkeel.call-timeout if a call may take longer.");
            return new Outcome(took, late.phase());
        }

        private void exchange() throws Exception {
            switch (this.keeper) {
                case WRITE -> {
                    HttpPost post = new HttpPost(this.uri);
                    post.setEntity(new ByteArrayEntity(UPLOAD, null));
                    this.client.http().execute(post, response -> null);
                }
                case CLOSE -> {
                    long start = System.nanoTime();
                    var response = this.client.http().executeOpen(null, new HttpPost(this.uri), null);
                    InputStream body = response.getEntity().getContent();
                    assertThat(body.read()).isEqualTo('0');
                    LockSupport.parkNanos(LIMIT.minusMillis(10).toNanos() - (System.nanoTime() - start));
                    response.close();
                }
                default -> this.client.get(this.uri);
            }
        }

        void assertOver(Outcome outcome) throws Exception {
            if (outcome.phase() != this.keeper.phase) {
                this.server.giveScriptUp();
            }
            if (this.keeper == Keeper.ACQUIRE) {
                assertThat(this.client.pending()).isZero();
                this.released.countDown();
                assertThat(this.holder.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
            }
            eventually("nothing is leased", () -> this.client.active() == 0 && this.client.pending() == 0);
            assertThat(this.client.pools.callTimer().running()).isZero();
            if (this.keeper != Keeper.CLOSE) {
                assertThat(this.client.events.failures).containsExactly(FailureReason.CALL_TIMEOUT);
                assertThat(this.client.events.timeouts).containsExactly("CALL_TIMEOUT " + outcome.phase());
            }
            this.released.countDown();
            if (this.keeper != Keeper.CONNECT
                    && this.keeper != Keeper.PROXY_CONNECT
                    && this.keeper != Keeper.REDIRECT) {
                URI next = this.server.uri("/next");
                assertThat(TestClient.send(this.unlimited, "GET", next, null).body())
                        .isEqualTo("ok");
            }
            this.client.pools.closeIdle();
            if (this.keeper != Keeper.CONNECT) {
                this.server.awaitConnectionsOpen(0, LONG);
            }
        }
    }

    /** Hangs until it is released, as name servers do that do not answer. */
    private record HangingResolver(CountDownLatch released) implements org.apache.hc.client5.http.DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            if (host.equals("localhost")) {
                try {
                    this.released.await();
                } catch (InterruptedException ex) {
                    throw new UnknownHostException("interrupted");
                }
            }
            return InetAddress.getAllByName(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}

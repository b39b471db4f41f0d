// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.spec.AddressFilter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A host with several addresses, all of them on this machine: of 127.0.0.0/8 there is plenty. */
class SeveralAddressesTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final InMemoryDnsResolver resolver = new InMemoryDnsResolver();
    private int port;

    /** The certificates of the tests are for this name. */
    private void localhostIs(String... addresses) throws UnknownHostException {
        InetAddress[] all = new InetAddress[addresses.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = InetAddress.getByName(addresses[i]);
        }
        this.resolver.add("localhost", all);
    }

    private ScriptedServer listen(ServerScript script, String address) {
        ScriptedServer server =
                this.leaks.server(script.address(address).port(this.port).start());
        this.port = server.port();
        return server;
    }

    /** An address whose connections are never answered, as those of a machine that is gone. */
    private ScriptedServer blackHole(String address) throws IOException {
        ScriptedServer hole = listen(ScriptedServer.http().backlog(1).withoutAccepting(), address);
        for (int i = 0; i < 2; i++) {
            Socket filler = this.leaks.closeAfter(new Socket());
            filler.connect(new java.net.InetSocketAddress(address, this.port), 1000);
        }
        return hole;
    }

    private TestClient client(UnaryOperator<TestClient.Settings> changes) {
        return TestClient.with(this.leaks, settings -> changes.apply(settings.resolver(this.resolver)));
    }

    private TestClient client(Ticker ticker) {
        return client(settings -> settings.ticker(ticker));
    }

    private URI uri(Wiring wiring) {
        return URI.create((wiring.secure() ? "https" : "http") + "://localhost:" + this.port + "/");
    }

    // --- which address ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void theNextIsTriedWhenOneRefuses(Wiring wiring) throws Exception {
        ScriptedServer server = listen(wiring.server(), "127.0.0.3");
        localhostIs("127.0.0.1", "127.0.0.2", "127.0.0.3");
        TestClient client = client(Ticker.SYSTEM);

        assertThat(client.get(uri(wiring)).status()).isEqualTo(200);

        assertThat(server.connectionsAccepted()).isOne();
        assertThat(client.events.created).containsExactly(CreationResult.SUCCESS);
        assertThat(client.events.failures).isEmpty();
    }

    @Test
    void oneThatRefusedIsTriedLastUntilHalfAMinuteIsOver() throws Exception {
        ScriptedServer second = listen(closing(), "127.0.0.2");
        localhostIs("127.0.0.1", "127.0.0.2");
        VirtualTime time = new VirtualTime();
        TestClient client = client(time);
        client.get(uri(Wiring.PLAIN));
        ScriptedServer first = listen(closing(), "127.0.0.1");

        time.advance(Duration.ofSeconds(29));
        client.get(uri(Wiring.PLAIN));
        assertThat(first.connectionsAccepted()).isZero();
        assertThat(second.connectionsAccepted()).isEqualTo(2);

        time.advance(Duration.ofSeconds(1));
        client.get(uri(Wiring.PLAIN));
        assertThat(first.connectionsAccepted()).isOne();
    }

    @Test
    void oneThatIsSilentDelaysTheFirstCallOnly() throws Exception {
        ScriptedServer second = listen(closing(), "127.0.0.2");
        ScriptedServer hole = blackHole("127.0.0.1");
        localhostIs("127.0.0.1", "127.0.0.2");
        TestClient client = client(Ticker.SYSTEM);

        client.get(uri(Wiring.PLAIN));
        hole.stopListening();
        ScriptedServer first = listen(closing(), "127.0.0.1");
        client.get(uri(Wiring.PLAIN));

        assertThat(second.connectionsAccepted()).isEqualTo(2);
        assertThat(first.connectionsAccepted()).isZero();
    }

    @Test
    void clientsOfOneOwnerRememberTogether() throws Exception {
        ScriptedServer second = listen(closing(), "127.0.0.2");
        localhostIs("127.0.0.1", "127.0.0.2");
        TestClient client = client(Ticker.SYSTEM);
        client.get(uri(Wiring.PLAIN));
        ScriptedServer first = listen(closing(), "127.0.0.1");

        AddressFilter another = new AddressFilter(new Object(), address -> true);
        TestClient.send(
                client.another(TestClient.Settings.DEFAULTS.addressFilter(another)), "GET", uri(Wiring.PLAIN), null);

        assertThat(first.connectionsAccepted()).isZero();
        assertThat(second.connectionsAccepted()).isEqualTo(2);
    }

    @Test
    void aDeadOneIsStillTriedIfNoOtherIsLeft() throws Exception {
        localhostIs("127.0.0.1", "127.0.0.2");
        ScriptedServer gone = listen(closing(), "127.0.0.1");
        gone.stopListening();
        TestClient client = client(Ticker.SYSTEM);
        catchThrowable(() -> client.get(uri(Wiring.PLAIN)));
        ScriptedServer back = listen(closing(), "127.0.0.1");

        assertThat(client.get(uri(Wiring.PLAIN)).status()).isEqualTo(200);

        assertThat(back.connectionsAccepted()).isOne();
    }

    @Test
    void hundredDeadAddressesDoNotHideTheLiveOne() throws Exception {
        String[] all = new String[101];
        for (int i = 0; i < 100; i++) {
            all[i] = "127.0.1." + (i + 1);
        }
        all[100] = "127.0.0.2";
        localhostIs(all);
        listen(ScriptedServer.http(), "127.0.0.2");
        TestClient client = client(Ticker.SYSTEM);

        assertThat(client.get(uri(Wiring.PLAIN)).status()).isEqualTo(200);
    }

    // --- the limit --------------------------------------------------------------------------------------------------

    @Test
    void connectTimeoutIsTheLimitOfAllAddressesTogether() throws Exception {
        String[] holes = {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6"};
        for (String hole : holes) {
            blackHole(hole);
        }
        localhostIs(holes);
        TestClient client = client(settings -> settings.connectTimeout(Duration.ofSeconds(1)));
        long start = System.nanoTime();

        assertThatThrownBy(() -> client.get(uri(Wiring.PLAIN)))
                .isInstanceOf(ConnectTimeoutException.class)
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageStartingWith(
                        "Connect to http://localhost:%d [127.0.0.1, 127.0.0.2, 127.0.0.3, 127.0.0.4, 127.0.0.5 and 1 more]"
                                        .formatted(this.port)
                                + " failed: no connection within 1s (spring.http.clients.connect-timeout) (client");

        // One after the other they would have taken 6 s.
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(990), Duration.ofSeconds(4));
        assertThat(client.events.created).containsExactly(CreationResult.CONNECT);
        assertThat(client.events.failures).containsExactly(FailureReason.CONNECT);
        assertThat(client.active()).isZero();
    }

    @Test
    void shortTimeIsSharedAmongTheAddresses() throws Exception {
        blackHole("127.0.0.1");
        blackHole("127.0.0.2");
        listen(ScriptedServer.http(), "127.0.0.3");
        localhostIs("127.0.0.1", "127.0.0.2", "127.0.0.3");
        // The third has its turn after 2 of 4 parts; RFC 8305 alone would let it wait for 500 ms.
        TestClient client = client(settings -> settings.connectTimeout(Duration.ofMillis(480)));

        assertThat(client.get(uri(Wiring.PLAIN)).status()).isEqualTo(200);
    }

    @Test
    void connectTimeoutIsTheLimitOfTlsToo() throws Exception {
        blackHole("127.0.0.1");
        listen(ScriptedServer.https().onEveryAccept(Effect.stall()), "127.0.0.2");
        localhostIs("127.0.0.1", "127.0.0.2");
        TestClient client = client(settings -> settings.connectTimeout(Duration.ofSeconds(1)));
        long start = System.nanoTime();

        assertThatThrownBy(() -> client.get(uri(Wiring.TLS_1_3))).isInstanceOf(ConnectTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        assertThat(client.events.failures).hasSize(1);
    }

    // --- who answers ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(
            value = TestTls.Identity.class,
            names = {"WRONG_HOST", "SELF_SIGNED"})
    void oneThatCannotBeTrustedIsPassedBy(TestTls.Identity bad) throws Exception {
        ScriptedServer first = listen(ScriptedServer.https().identity(bad), "127.0.0.1");
        ScriptedServer second = listen(ScriptedServer.https(), "127.0.0.2");
        localhostIs("127.0.0.1", "127.0.0.2");
        TestClient client = client(Ticker.SYSTEM);

        assertThat(client.get(uri(Wiring.TLS_1_3)).status()).isEqualTo(200);

        assertThat(first.requests()).isEmpty();
        assertThat(second.requests()).hasSize(1);
        assertThat(client.events.created).containsExactly(CreationResult.SUCCESS);
        assertThat(client.events.handshakes).containsExactly(HandshakeResult.FAILED, HandshakeResult.FULL);
        client.another();
        second.closeConnections();
        eventually("it is closed", () -> client.idle() == 0);
        client.get(uri(Wiring.TLS_1_3));
        assertThat(first.connectionsAccepted()).isOne();
    }

    @Test
    void theFirstThatCanBeTrustedIsEnough() throws Exception {
        listen(ScriptedServer.https(), "127.0.0.1");
        ScriptedServer second = listen(ScriptedServer.https().identity(TestTls.Identity.SELF_SIGNED), "127.0.0.2");
        localhostIs("127.0.0.1", "127.0.0.2");
        TestClient client = client(Ticker.SYSTEM);

        assertThat(client.get(uri(Wiring.TLS_1_3)).status()).isEqualTo(200);

        assertThat(second.connectionsAccepted()).isZero();
    }

    @Test
    void theCertificateIsToBlameIfNoneIsGood() throws Exception {
        listen(ScriptedServer.https().identity(TestTls.Identity.SELF_SIGNED), "127.0.0.1");
        listen(ScriptedServer.https().identity(TestTls.Identity.WRONG_HOST), "127.0.0.2");
        localhostIs("127.0.0.1", "127.0.0.2");
        TestClient client = client(Ticker.SYSTEM);

        assertThatThrownBy(() -> client.get(uri(Wiring.TLS_1_3)))
                .isInstanceOf(SSLException.class)
                .satisfies(ex -> assertThat(ex.getSuppressed()).hasSize(1));

        assertThat(client.events.created).containsExactly(CreationResult.TLS);
        assertThat(client.events.failures).containsExactly(FailureReason.TLS);
        assertThat(client.active()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1 127.0.0.2", "127.0.0.2 127.0.0.1"})
    void theCertificateIsToBlameEvenIfTheOtherAddressIsDead(String order) throws Exception {
        listen(ScriptedServer.https().identity(TestTls.Identity.SELF_SIGNED), "127.0.0.1");
        localhostIs(order.split(" "));
        TestClient client = client(Ticker.SYSTEM);

        assertThatThrownBy(() -> client.get(uri(Wiring.TLS_1_3))).isInstanceOf(SSLException.class);

        assertThat(client.events.failures).containsExactly(FailureReason.TLS);
    }

    // --- nobody -----------------------------------------------------------------------------------------------------

    @Test
    void allThatRefuseAreNamed() throws Exception {
        ScriptedServer gone = listen(ScriptedServer.http(), "127.0.0.1");
        gone.stopListening();
        localhostIs("127.0.0.1", "127.0.0.2");
        TestClient client = client(Ticker.SYSTEM);

        assertThatThrownBy(() -> client.get(uri(Wiring.PLAIN)))
                .isInstanceOf(HttpHostConnectException.class)
                .isInstanceOf(ConnectException.class)
                .hasMessageStartingWith(
                        "Connect to http://localhost:%d [127.0.0.1, 127.0.0.2] failed: Connection refused (client"
                                .formatted(this.port));
        assertThat(client.events.created).containsExactly(CreationResult.CONNECT);
    }

    @Test
    void aHostWithoutAddressIsUnknown() throws Exception {
        localhostIs();
        TestClient client = client(Ticker.SYSTEM);

        assertThatThrownBy(() -> client.get(URI.create("http://localhost:1/")))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("localhost");

        assertThat(client.events.created).containsExactly(CreationResult.DNS);
        assertThat(client.events.failures).containsExactly(FailureReason.DNS);
        assertThat(client.active()).isZero();
    }

    // --- given up ---------------------------------------------------------------------------------------------------

    @Test
    void anInterruptEndsTheRace() throws Exception {
        TestClient client = inARace();
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            ended.complete(catchThrowable(() -> client.get(uri(Wiring.PLAIN))));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        eventually("it dials both", () -> dialing() == 2);

        caller.interrupt();

        assertThat(ended.get(5, TimeUnit.SECONDS))
                .isInstanceOf(InterruptedIOException.class)
                .isNotInstanceOf(SocketTimeoutException.class);
        assertThat(flag.get(5, TimeUnit.SECONDS)).isTrue();
        assertNothingIsLeft(client);
        assertThat(client.events.failures).containsExactly(FailureReason.INTERRUPTED);
    }

    @Test
    void aCancelledCallEndsTheRace() throws Exception {
        TestClient client = inARace();
        HttpGet request = new HttpGet(uri(Wiring.PLAIN));
        Future<?> call = InterruptAndCancelTests.run(client.http(), request);
        eventually("it dials both", () -> dialing() == 2);

        request.cancel();

        assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertNothingIsLeft(client);
        assertThat(client.events.failures).containsExactly(FailureReason.CANCELLED);
    }

    @Test
    void closingThePoolsEndsTheRace() throws Exception {
        TestClient client = inARace();
        Future<?> call = InterruptAndCancelTests.run(client.http(), new HttpGet(uri(Wiring.PLAIN)));
        eventually("it dials both", () -> dialing() == 2);

        client.close();

        assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertNothingIsLeft(client);
    }

    @Test
    void racesThatAreInterruptedOrCancelledAtAnyMomentLeaveNothing() throws Exception {
        CountingServer server = this.leaks.closeAfter(new CountingServer());
        this.port = server.port();
        this.leaks.port(this.port);
        localhostIs("127.0.0.2", "127.0.0.1", "127.0.0.3");
        TestClient client = client(settings -> settings.limits(1, 7));
        URI each = server.uri("localhost", "0/close");
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        List<AtomicReference<HttpGet>> requests = new ArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            AtomicReference<HttpGet> current = new AtomicReference<>(new HttpGet(each));
            requests.add(current);
            Thread caller = new Thread(() -> {
                while (!over.get()) {
                    current.set(new HttpGet(each));
                    try {
                        client.http().execute(current.get(), response -> response.getCode());
                        answered.incrementAndGet();
                    } catch (IOException ex) {
                        Thread.interrupted();
                    }
                }
            });
            callers.add(caller);
            caller.start();
        }
        Random random = new Random(42);
        long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        while (System.nanoTime() - end < 0) {
            int i = random.nextInt(8);
            if (random.nextBoolean()) {
                callers.get(i).interrupt();
            } else {
                requests.get(i).get().cancel();
            }
            Thread.sleep(0, random.nextInt(900_000));
        }
        over.set(true);
        for (Thread caller : callers) {
            caller.join(10_000);
            assertThat(caller.isAlive()).isFalse();
        }

        assertThat(answered.get()).isPositive();
        assertNothingIsLeft(client);
        eventually("the server sees no connection any more", LIMIT, () -> server.openNow() == 0);
        assertThat(TestClient.send(client.http(), "GET", each, null).status()).isEqualTo(200);
    }

    /** A minute is longer than any of these tests waits. */
    private TestClient inARace() throws IOException {
        blackHole("127.0.0.1");
        blackHole("127.0.0.2");
        localhostIs("127.0.0.1", "127.0.0.2");
        return client(settings -> settings.connectTimeout(Duration.ofMinutes(1)));
    }

    private int dialing() {
        return DialedSockets.to(this.port);
    }

    private void assertNothingIsLeft(TestClient client) throws InterruptedException {
        eventually("no socket is left", LIMIT, () -> dialing() == 0);
        assertThat(client.active()).isZero();
        assertThat(client.pending()).isZero();
    }

    private static ServerScript closing() {
        return ScriptedServer.http()
                .byDefault(io.evenkeel.testing.Answer.ok("ok").header("Connection", "close"));
    }
}

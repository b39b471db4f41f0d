// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.event.CreationResult;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.transport.spec.AddressFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AddressFilterTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static AddressFilter noLoopback() {
        return new AddressFilter(new Object(), address -> !address.isLoopbackAddress() && !address.isAnyLocalAddress());
    }

    @Test
    void refusedAddressIsNotCalled() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.addressFilter(noLoopback()));

        assertThatThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOfSatisfying(CallRejectedException.class, ex -> {
                    assertThat(ex.reason()).isEqualTo("address_refused");
                    assertThat(ex.client()).isEqualTo("default");
                    assertThat(ex.route()).isEqualTo("http://127.0.0.1:" + server.port());
                    assertThat(ex).hasMessageContaining("127.0.0.1").hasMessageContaining("InetAddressFilter");
                });

        assertThat(server.connectionsAccepted()).isZero();
        assertThat(client.events.created).containsExactly(CreationResult.DNS);
    }

    static Stream<String> spellings() {
        return Stream.of(
                "127.0.0.1",
                "127.1",
                "127.0.1",
                "2130706433",
                "0x7f.1",
                "0x7f000001",
                "127.0.0.2",
                "127.255.255.254",
                "localhost",
                "LOCALHOST",
                "localhost.",
                "0",
                "0.0.0.0",
                "[::1]",
                "[::]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[0:0:0:0:0:0:0:1]",
                "[0:0:0:0:0:ffff:127.0.0.1]",
                "127.0.0.1.",
                "%31%32%37.0.0.1",
                "017700000001",
                "127.0.0.01");
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void noSpellingOfAnAddressGetsPast(String host) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.addressFilter(noLoopback()));

        try {
            URI uri = URI.create("http://" + host + ":" + server.port() + "/");
            assertThatThrownBy(() -> client.get(uri))
                    .satisfiesAnyOf(
                            ex -> assertThat(ex).isInstanceOf(CallRejectedException.class),
                            // Not every JDK takes every spelling for an address.
                            ex -> assertThat(ex).isInstanceOf(UnknownHostException.class),
                            ex -> assertThat(ex).isInstanceOf(org.apache.hc.client5.http.ClientProtocolException.class),
                            // Refused for its spelling before anybody asks what it stands for.
                            ex -> assertThat(ex)
                                    .isInstanceOf(IllegalArgumentException.class)
                                    .hasMessageContaining("is not spelt in ASCII"));
        } catch (IllegalArgumentException ex) {
            // Not even a URI.
        }

        assertThat(server.connectionsAccepted()).isZero();
        assertThat(client.active()).isZero();
    }

    @Test
    void hostThatCarriesItsAddressDoesNotGetPast() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.addressFilter(noLoopback()));
        HttpHost host = new HttpHost("http", InetAddress.getByName("127.0.0.1"), "harmless.example", server.port());

        assertThatThrownBy(() -> client.http().execute(host, new HttpGet("/"), response -> null))
                .isInstanceOf(IOException.class);

        assertThat(server.connectionsAccepted()).isZero();
    }

    @Test
    void redirectToARefusedAddressIsNotFollowed() throws Exception {
        ScriptedServer target = this.leaks.server(ScriptedServer.http().start());
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .byDefault(status(302)
                        .header("Location", "http://localhost:" + target.port() + "/")
                        .body("moved"))
                .start());
        AddressFilter byName =
                new AddressFilter(new Object(), address -> !address.toString().startsWith("localhost/"));
        TestClient client = TestClient.with(this.leaks, settings -> settings.addressFilter(byName));

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(CallRejectedException.class);

        assertThat(target.connectionsAccepted()).isZero();
        assertThat(client.active()).isZero();
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void noRedirectToAnySpellingOfAnAddressGetsPast(String host) throws Exception {
        ScriptedServer target = this.leaks.server(ScriptedServer.http().start());
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .address("127.0.0.2")
                .byDefault(status(302).header("Location", "http://" + host + ":" + target.port() + "/"))
                .start());
        AddressFilter filter = new AddressFilter(
                new Object(),
                address -> address.getHostAddress().equals("127.0.0.2")
                        || !(address.isLoopbackAddress() || address.isAnyLocalAddress()));
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.addressFilter(filter).connectTimeout(Duration.ofMillis(200)));

        catchThrowable(() -> client.get(URI.create("http://127.0.0.2:" + server.port() + "/")));

        assertThat(target.connectionsAccepted()).isZero();
        assertThat(server.requests()).hasSizeBetween(1, 2);
        assertThat(client.active()).isZero();
    }

    @Test
    void theAddressesThatWereCheckedAreTheOnesThatAreDialed() throws Exception {
        ScriptedServer allowed =
                this.leaks.server(ScriptedServer.http().address("127.0.0.2").start());
        ScriptedServer refused =
                this.leaks.server(ScriptedServer.http().port(allowed.port()).start());
        AtomicInteger lookups = new AtomicInteger();
        // Answers with the allowed address first, and with the other one ever after.
        DnsResolver rebinding = new DnsResolver() {

            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                String address = (lookups.getAndIncrement() == 0) ? "127.0.0.2" : "127.0.0.1";
                return new InetAddress[] {InetAddress.getByName(address)};
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
        AddressFilter filter = new AddressFilter(
                new Object(), address -> !address.getHostAddress().equals("127.0.0.1"));
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.addressFilter(filter).resolver(rebinding));
        URI uri = URI.create("http://rebound.example:" + allowed.port() + "/");

        assertThat(client.get(uri).status()).isEqualTo(200);
        assertThat(lookups).hasValue(1);
        // The kept connection still goes to the address that was checked.
        assertThat(client.get(uri).status()).isEqualTo(200);
        allowed.closeConnections();
        allowed.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        assertThatThrownBy(() -> client.get(uri)).isInstanceOf(CallRejectedException.class);

        assertThat(lookups).hasValue(2);
        assertThat(allowed.connectionsAccepted()).isOne();
        assertThat(refused.connectionsAccepted()).isZero();
    }

    @Test
    void ofSeveralAddressesOnlyTheAllowedOnesAreDialed() throws Exception {
        ScriptedServer refused = this.leaks.server(ScriptedServer.http().start());
        ScriptedServer allowed = this.leaks.server(
                ScriptedServer.http().address("127.0.0.3").port(refused.port()).start());
        InMemoryDnsResolver resolver = new InMemoryDnsResolver();
        resolver.add(
                "mixed.example",
                InetAddress.getByName("127.0.0.1"),
                InetAddress.getByName("127.0.0.2"),
                InetAddress.getByName("127.0.0.3"));
        AddressFilter filter = new AddressFilter(
                new Object(), address -> !address.getHostAddress().equals("127.0.0.1"));
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.addressFilter(filter).resolver(resolver));

        for (int i = 0; i < 3; i++) {
            assertThat(client.get(URI.create("http://mixed.example:" + refused.port() + "/"))
                            .status())
                    .isEqualTo(200);
            allowed.closeConnections();
            allowed.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        }

        assertThat(allowed.connectionsAccepted()).isEqualTo(3);
        assertThat(refused.connectionsAccepted()).isZero();
    }

    @Test
    void clientsWithDifferentFiltersShareNoConnection() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        TestClient.Settings settings = TestClient.Settings.DEFAULTS;
        client.get(server.uri("/"));

        for (int i = 0; i < 2; i++) {
            AddressFilter filter = new AddressFilter(new Object(), address -> true);
            TestClient.send(client.another(settings.addressFilter(filter)), "GET", server.uri("/"), null);
            TestClient.send(client.another(settings.addressFilter(filter)), "GET", server.uri("/"), null);
        }

        assertThat(server.connectionsAccepted()).isEqualTo(3);
        assertThatThrownBy(() -> TestClient.send(
                        client.another(settings.addressFilter(noLoopback())), "GET", server.uri("/"), null))
                .isInstanceOf(CallRejectedException.class);
    }
}

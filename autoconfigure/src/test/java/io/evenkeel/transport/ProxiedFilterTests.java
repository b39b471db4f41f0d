// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.event.FailureReason;
import io.evenkeel.policy.NonProxyHosts;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.transport.spec.AddressFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An address filter, and a proxy that resolves the names: the filter does not see what is called. */
@ExtendWith(OutputCaptureExtension.class)
class ProxiedFilterTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer proxy;

    @BeforeEach
    void startProxy() {
        this.proxy = this.leaks.server(ScriptedServer.http().start());
    }

    private ProxySettings settings(ProxySettings.Filter mode, String... direct) {
        return new ProxySettings(
                new ProxyServer("127.0.0.1", this.proxy.port(), null, new NonProxyHosts(List.of(direct))), mode);
    }

    /** A client that may not call 10.0.0.0/8 and other private networks. */
    private TestClient client(ProxySettings proxy) {
        return client(proxy, address -> !address.isSiteLocalAddress());
    }

    private TestClient client(ProxySettings proxy, Predicate<InetAddress> allowed) {
        AddressFilter filter = new AddressFilter(new Object(), allowed);
        return TestClient.with(this.leaks, all -> all.addressFilter(filter).proxy(proxy));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aCallThroughAProxyIsRefused(String scheme) throws Exception {
        TestClient client = client(settings(ProxySettings.Filter.REFUSE));

        assertThatThrownBy(() -> client.get(URI.create(scheme + "://service.invalid/")))
                .isInstanceOfSatisfying(CallRejectedException.class, ex -> {
                    assertThat(ex.reason()).isEqualTo("address_refused");
                    assertThat(ex)
                            .hasMessageContaining("127.0.0.1:" + this.proxy.port())
                            .hasMessageContaining("evenkeel.proxy.non-proxy-hosts")
                            .hasMessageContaining("evenkeel.proxy.address-filter: report");
                });

        assertThat(this.proxy.connectionsAccepted()).isZero();
        assertThat(client.events.failures).containsExactly(FailureReason.ADDRESS_REFUSED);
        assertThat(client.active()).isZero();
    }

    @Test
    void aCallThroughAProxyThatTheFilterIsNotToldOfIsRefusedToo() throws Exception {
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.addressFilter(new AddressFilter(new Object(), address -> true))
                        .customizer(builder -> builder.setProxy(new HttpHost("127.0.0.1", this.proxy.port()))));

        assertThatThrownBy(() -> client.get(URI.create("http://service.invalid/")))
                .isInstanceOf(CallRejectedException.class);

        assertThat(this.proxy.connectionsAccepted()).isZero();
    }

    @Test
    void aCallAroundTheProxyIsFilteredAsAnyOther() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = client(
                settings(ProxySettings.Filter.REFUSE, "127.*"),
                address -> !"127.0.0.2".equals(address.getHostAddress()));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThatThrownBy(() -> client.get(URI.create("http://127.0.0.2:" + server.port() + "/")))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("every address of '127.0.0.2'");
    }

    @Test
    void ifReportedTheCallIsMadeAndAWarningSaysOnceWhatItIsWorth(CapturedOutput output) throws Exception {
        TestClient client = client(settings(ProxySettings.Filter.REPORT));

        client.get(URI.create("http://one.invalid/"));
        client.get(URI.create("http://two.invalid/"));

        assertThat(this.proxy.requests()).hasSize(2);
        assertThat(output.getOut().lines().filter(line -> line.contains("cannot be proven")))
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("WARN", "'default'", "evenkeel.proxy.address-filter: report"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "10.1",
                "10.0.1",
                "167772161",
                "0xa.1",
                "0x0a000001",
                "0xa.0.0.1",
                "012.0.0.1",
                "10.0.0.01",
                "10.0.0.1.",
                "[::ffff:10.0.0.1]",
                "[::ffff:a00:1]"
            })
    void ifReportedNoSpellingOfARefusedAddressGetsToTheProxy(String host) throws Exception {
        TestClient client = client(settings(ProxySettings.Filter.REPORT));

        for (String scheme : new String[] {"http", "https"}) {
            assertThatThrownBy(() -> client.get(URI.create(scheme + "://" + host + "/")))
                    .isInstanceOf(IOException.class);
        }

        assertThat(this.proxy.connectionsAccepted()).isZero();
        assertThat(client.active()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, true",
        "10.0.0.1 192.168.0.1, true",
        "10.0.0.1 192.0.2.1, false",
        "192.0.2.1, false",
        "'', false"
    })
    void ifReportedANameIsRefusedWhoseEveryAddressIs(String addresses, boolean refused) throws Exception {
        InMemoryDnsResolver resolver = new InMemoryDnsResolver();
        resolver.add("127.0.0.1", InetAddress.getByName("127.0.0.1"));
        String[] literals = addresses.isEmpty() ? new String[0] : addresses.split(" ");
        InetAddress[] known = new InetAddress[literals.length];
        for (int i = 0; i < known.length; i++) {
            known[i] = InetAddress.getByName(literals[i]);
        }
        resolver.add("service.example", known);
        AddressFilter filter = new AddressFilter(new Object(), address -> !address.isSiteLocalAddress());
        TestClient client = TestClient.with(
                this.leaks,
                all -> all.addressFilter(filter)
                        .proxy(settings(ProxySettings.Filter.REPORT))
                        .resolver(resolver));
        URI uri = URI.create("http://service.example/");

        if (refused) {
            assertThatThrownBy(() -> client.get(uri))
                    .isInstanceOf(CallRejectedException.class)
                    .hasMessageContaining("every address of 'service.example'");
        } else {
            assertThat(client.get(uri).status()).isEqualTo(200);
        }
        assertThat(this.proxy.connectionsAccepted()).isEqualTo(refused ? 0 : 1);
    }

    @Test
    void aProxyMayItselfNotBeAtARefusedAddress() throws Exception {
        TestClient client = client(settings(ProxySettings.Filter.REPORT), address -> !address.isLoopbackAddress());

        assertThatThrownBy(() -> client.get(URI.create("http://service.invalid/")))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("every address of the proxy '127.0.0.1'");

        assertThat(this.proxy.connectionsAccepted()).isZero();
    }
}

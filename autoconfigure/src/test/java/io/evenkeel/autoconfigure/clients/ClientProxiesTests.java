// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** A client with a name has the proxy that is written for it, else that of all clients. */
@ExtendWith(OutputCaptureExtension.class)
class ClientProxiesTests {

    private static final String URL = "http://service.invalid/";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer shared;
    private ScriptedServer own;

    @BeforeEach
    void start() {
        this.shared = this.leaks.server(
                ScriptedServer.http().byDefault(ok("by the shared one")).start());
        this.own = this.leaks.server(
                ScriptedServer.http().byDefault(ok("by its own")).start());
    }

    @Test
    void aClientGoesThroughItsProxyAndOthersThroughThatOfAll(CapturedOutput log) {
        with("proxy.url=" + url(this.shared), "clients.one.proxy.url=" + url(this.own), "clients.two.read-timeout=5s")
                .run(context -> {
                    assertThat(get(context, "one")).isEqualTo("by its own");
                    assertThat(get(context, "two")).isEqualTo("by the shared one");
                });
        assertThat(log)
                .containsPattern("client one: .*; proxy 127.0.0.1:" + this.own.port())
                .containsPattern("client two: .*; proxy 127.0.0.1:" + this.shared.port());
    }

    @Test
    void aProxyOfItsOwnIsNotShownTheCredentialsForAnotherOne() {
        with(
                        "proxy.url=" + url(this.shared),
                        "proxy.username=me",
                        "proxy.password=canary",
                        "clients.one.proxy.url=" + url(this.own),
                        "clients.two.read-timeout=5s")
                .run(context -> {
                    get(context, "one");
                    get(context, "two");
                    assertThat(this.own.requests().get(0).header("Proxy-Authorization"))
                            .isNull();
                    assertThat(this.shared.requests().get(0).header("Proxy-Authorization"))
                            .isEqualTo("Basic bWU6Y2FuYXJ5");
                });
    }

    @Test
    void aProxyOfItsOwnLeavesTheHostsThatAreCalledWithoutOne() {
        with(
                        "proxy.url=" + url(this.shared),
                        "proxy.non-proxy-hosts=service.invalid",
                        "clients.one.proxy.url=" + url(this.own))
                .run(context -> {
                    assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> get(context, "one"));
                    assertThat(this.own.requests()).isEmpty();
                });
    }

    @Test
    void aProxyOfItsOwnLeavesWhatBecomesOfAFilter() {
        with("proxy.url=" + url(this.shared), "proxy.address-filter=report", "clients.one.proxy.url=" + url(this.own))
                .withBean(InetAddressFilter.class, () -> InetAddressFilter.all())
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aClientMayHaveCredentialsOfItsOwnForTheProxyOfAll() {
        with("proxy.url=" + url(this.shared), "clients.one.proxy.username=me", "clients.one.proxy.password=canary")
                .run(context -> {
                    get(context, "one");
                    context.getBean(RestClient.class).get().uri(URL).retrieve().toBodilessEntity();
                    assertThat(this.shared.requests())
                            .extracting(request -> request.header("Proxy-Authorization"))
                            .containsExactly("Basic bWU6Y2FuYXJ5", null);
                });
    }

    @Test
    void aFilterAndTheProxyOfAClientExcludeEachOther() {
        ApplicationContextRunner runner = with("clients.one.proxy.url=" + url(this.own))
                .withBean(InetAddressFilter.class, () -> InetAddressFilter.all());
        runner.run(context -> assertThat(context)
                .hasFailed()
                .getFailure()
                .rootCause()
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("evenkeel.clients.one.proxy.address-filter"));
        runner.withPropertyValues("evenkeel.clients.one.proxy.address-filter=report")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({
        "url=https://proxy.example.com:3128, url",
        "url=http://me:canary@proxy.example.com:3128, url",
        "url=http://proxy.example.com, url",
        "url=, url",
        "username=me, username",
        "password=canary, password",
        "non-proxy-hosts=*.internal, non-proxy-hosts",
    })
    void aValueThatCannotWorkIsRefusedWithTheKeyOfTheClient(String property, String key) {
        with("clients.one.proxy." + property)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining("'evenkeel.clients.one.proxy." + key)
                        .hasMessageNotContaining("canary"));
    }

    private static ApplicationContextRunner with(String... properties) {
        return Contexts.plain()
                .withPropertyValues(
                        Arrays.stream(properties).map("evenkeel."::concat).toArray(String[]::new));
    }

    private static String url(ScriptedServer proxy) {
        return "http://127.0.0.1:" + proxy.port();
    }

    private static String get(AssertableApplicationContext context, String client) {
        return context.getBean(client + "RestClient", RestClient.class)
                .get()
                .uri(URL)
                .retrieve()
                .body(String.class);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

@ExtendWith(OutputCaptureExtension.class)
class ProxySettingsOnTheWireTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer proxy;
    private ScriptedServer server;

    @BeforeEach
    void start() {
        this.proxy = this.leaks.server(
                ScriptedServer.http().byDefault(ok("by proxy")).start());
        this.server = this.leaks.server(
                ScriptedServer.http().byDefault(ok("directly")).start());
    }

    private ApplicationContextRunner withProxy(String... properties) {
        return Contexts.plain()
                .withPropertyValues("evenkeel.proxy.url=http://127.0.0.1:" + this.proxy.port())
                .withPropertyValues(properties);
    }

    private static String get(RestClient client, String url) {
        return client.get().uri(url).retrieve().body(String.class);
    }

    @Test
    void theUrlIsThatOfTheProxyOfAllClients() {
        withProxy().run(context -> {
            assertThat(get(context.getBean(RestClient.class), "http://service.invalid/one"))
                    .isEqualTo("by proxy");
            assertThat(context.getBean(RestTemplateBuilder.class)
                            .build()
                            .getForObject("http://service.invalid/two", String.class))
                    .isEqualTo("by proxy");
            assertThat(this.proxy.requests())
                    .extracting(Request::target)
                    .containsExactly("http://service.invalid/one", "http://service.invalid/two");
        });
    }

    @Test
    void theCredentialsAreShownToTheProxy() {
        withProxy("evenkeel.proxy.username=me", "evenkeel.proxy.password=canary")
                .run(context -> {
                    get(context.getBean(RestClient.class), "http://service.invalid/");
                    assertThat(this.proxy.requests().get(0).header("Proxy-Authorization"))
                            .isEqualTo("Basic bWU6Y2FuYXJ5");
                });
    }

    @Test
    void someHostsAreCalledDirectly() {
        withProxy("evenkeel.proxy.non-proxy-hosts=*.internal").run(context -> {
            RestClient client = context.getBean(RestClient.class);
            assertThat(get(client, this.server.uri("/").toString())).isEqualTo("directly");
            assertThatThrownBy(() -> get(client, "http://no.such.internal/"))
                    .isInstanceOf(ResourceAccessException.class)
                    .hasRootCauseInstanceOf(java.net.UnknownHostException.class);
            assertThat(get(client, "http://no.such.invalid/")).isEqualTo("by proxy");
        });
    }

    @Test
    void anEmptyListMeansThatNoHostIs() {
        withProxy("evenkeel.proxy.non-proxy-hosts=")
                .run(context -> assertThat(get(
                                context.getBean(RestClient.class),
                                this.server.uri("/").toString()))
                        .isEqualTo("by proxy"));
    }

    @Test
    void anAsteriskMeansThatEveryHostIs() {
        withProxy("evenkeel.proxy.non-proxy-hosts=*").run(context -> {
            get(context.getBean(RestClient.class), this.server.uri("/").toString());
            assertThat(this.proxy.connectionsAccepted()).isZero();
        });
    }

    @Test
    void aFilterAndTheProxyOfTheJvmExcludeEachOtherUnlessTheUserSaysOtherwise() {
        ApplicationContextRunner runner = Contexts.plain()
                .withSystemProperties("http.proxyHost=127.0.0.1", "http.proxyPort=" + this.proxy.port())
                .withBean(InetAddressFilter.class, () -> InetAddressFilter.all());
        runner.run(context -> {
            RestClient client = context.getBean(RestClient.class);
            assertThatThrownBy(() -> get(client, "http://service.invalid/"))
                    .isInstanceOf(ResourceAccessException.class)
                    .hasCauseInstanceOf(CallRejectedException.class)
                    .hasMessageContaining("evenkeel.proxy.address-filter");
            assertThat(this.proxy.connectionsAccepted()).isZero();
        });

        runner.withPropertyValues("evenkeel.proxy.address-filter=report")
                .run(context -> assertThat(get(context.getBean(RestClient.class), "http://service.invalid/"))
                        .isEqualTo("by proxy"));
    }

    @Test
    void aClientThatACustomizerTouchedGoesThroughTheProxyToo() {
        withProxy("evenkeel.proxy.username=me", "evenkeel.proxy.password=canary")
                .withBean(ClientHttpRequestFactoryBuilderCustomizer.class, () -> touching())
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    assertThat(get(client, "http://service.invalid/")).isEqualTo("by proxy");
                    assertThat(get(client, this.server.uri("/").toString())).isEqualTo("directly");
                    assertThat(this.proxy.requests().get(0).header("Proxy-Authorization"))
                            .isEqualTo("Basic bWU6Y2FuYXJ5");
                    assertThat(this.server.requests().get(0).header("Proxy-Authorization"))
                            .isNull();
                });
    }

    @Test
    void aClientThatACustomizerTouchedDoesNotGetPastAFilterByAProxy() {
        Contexts.plain()
                .withSystemProperties("http.proxyHost=127.0.0.1", "http.proxyPort=" + this.proxy.port())
                .withBean(InetAddressFilter.class, () -> InetAddressFilter.all())
                .withBean(ClientHttpRequestFactoryBuilderCustomizer.class, () -> touching())
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    assertThatThrownBy(() -> get(client, "http://service.invalid/"))
                            .hasCauseInstanceOf(CallRejectedException.class);
                    assertThat(this.proxy.connectionsAccepted()).isZero();
                });
    }

    private static ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> touching() {
        return builder -> builder.withSocketConfigCustomizer(socket -> socket.setTcpNoDelay(true));
    }

    @Test
    void theLogNamesTheProxyAndKeepsItsSecrets(CapturedOutput output) {
        withProxy("evenkeel.proxy.username=me", "evenkeel.proxy.password=canary")
                .run(context -> {
                    get(context.getBean(RestClient.class), "http://service.invalid/");
                    assertThat(context.getBean(EvenkeelProperties.class).toString())
                            .doesNotContain("canary");
                    assertThat(context.getBean(io.evenkeel.client.ClientOptions.class)
                                    .toString())
                            .doesNotContain("canary");
                });
        assertThat(output)
                .contains("client default: ")
                .contains("; proxy 127.0.0.1:" + this.proxy.port())
                .doesNotContain("canary");
    }
}

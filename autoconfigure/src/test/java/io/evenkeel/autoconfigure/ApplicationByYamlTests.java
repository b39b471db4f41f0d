// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.Handshake;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.transport.ConnectionPools;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** A whole application: all that it says about HTTP stands in {@code shop.yml}. */
@ExtendWith(OutputCaptureExtension.class)
class ApplicationByYamlTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final ServerScript weather = ScriptedServer.https();
    private final ServerScript bank = ScriptedServer.https().clientCertificateRequired();
    private final ServerScript quotes = ScriptedServer.http();

    @Test
    void eachClientReachesItsServerWithWhatIsWrittenForIt() {
        run((shop, servers) -> {
            shop.forecast();
            shop.balance();
            shop.quotes().byName("ACME");

            Request forecast = servers.weather().requests().get(0);
            assertThat(forecast.target()).isEqualTo("/forecast");
            assertThat(forecast.header("X-Api-Key")).isEqualTo("weather-key");
            Request balance = servers.bank().requests().get(0);
            assertThat(balance.header("X-Api-Key")).isNull();
            Request quote = servers.quotes().requests().get(0);
            assertThat(quote.target()).isEqualTo("/v1/quotes/ACME");
            assertThat(quote.header("X-Version")).isEqualTo("2");
        });
    }

    @Test
    void theBankSeesTheCertificateAndNobodyElseDoes() {
        run((shop, servers) -> {
            for (int i = 0; i < 5; i++) {
                shop.balance();
                shop.forecast();
            }
            assertThat(servers.bank().handshakes())
                    .extracting(Handshake::client)
                    .containsExactly("CN=evenkeel-client");
            assertThat(servers.weather().handshakes())
                    .extracting(Handshake::client)
                    .containsExactly((String) null);
        });
    }

    @Test
    void aSlowServerCostsItsOwnCallersTheirTimeout() {
        this.weather.onEveryRequest(script -> script.at(Moment.REQUEST_BODY, Effect.pause(Duration.ofSeconds(1))));
        run((shop, servers) -> {
            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(shop::forecast)
                    .withCauseInstanceOf(SocketTimeoutException.class);
            assertThat(shop.balance()).isEqualTo("ok");
        });
    }

    @Test
    void aRequestWithItsKeyIsReplayedByTheServiceOnly() {
        this.quotes.onConnection(0, script -> script.request(1).at(Moment.REQUEST_BODY, Effect.rst()));
        run((shop, servers) -> {
            shop.quotes().byName("ACME");
            assertThat(shop.quotes().order("7", "buy")).isEqualTo("ok");
            assertThat(servers.quotes().requests())
                    .extracting(Request::target)
                    .containsExactly("/v1/quotes/ACME", "/v1/orders", "/v1/orders");
        });
    }

    @Test
    void eachHasAPoolOfItsOwnAndTheLogSaysWhereItIsWritten(CapturedOutput log) {
        run((shop, servers) -> {
            shop.forecast();
            shop.balance();
            shop.quotes().byName("ACME");
            assertThat(servers.context().getBean(ConnectionPools.class).snapshot())
                    .filteredOn(pool -> !pool.routes().isEmpty())
                    .extracting(PoolSnapshot::client)
                    .containsExactlyInAnyOrder("weather", "bank", "stock-quotes");
        });
        assertThat(log)
                .contains("client weather: https://127.0.0.1:", "read 300ms (shop.yml:", "ssl.bundle (shop.yml:")
                .contains("client stock-quotes: http://", "group 'stock-quotes'")
                .contains("client bank: ", "1 idle connection kept per route, at most 100 open (shop.yml:")
                .doesNotContain("weather-key");
    }

    private void run(Check check) {
        ScriptedServer weather = this.leaks.server(this.weather.start());
        ScriptedServer bank = this.leaks.server(this.bank.start());
        ScriptedServer quotes = this.leaks.server(this.quotes.start());
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Shop.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.config.location=classpath:io/evenkeel/autoconfigure/shop.yml",
                        "--weather.url=" + weather.uri(""),
                        "--bank.url=" + bank.uri(""),
                        "--quotes.url=" + quotes.uri(""))) {
            check.of(context.getBean(Desk.class), new Servers(context, weather, bank, quotes));
        }
    }

    private interface Check {

        void of(Desk desk, Servers servers);
    }

    private record Servers(
            ConfigurableApplicationContext context,
            ScriptedServer weather,
            ScriptedServer bank,
            ScriptedServer quotes) {}

    /** What the application does. */
    record Desk(RestClient weather, RestClient bank, Quotes quotes) {

        String forecast() {
            return String.valueOf(this.weather.get().uri("/forecast").retrieve().body(String.class));
        }

        String balance() {
            return String.valueOf(this.bank.get().uri("/balance").retrieve().body(String.class));
        }
    }

    /** The HTTP service. */
    interface Quotes {

        @GetExchange("/quotes/{name}")
        String byName(@PathVariable String name);

        @PostExchange("/orders")
        String order(@RequestHeader("X-Request-Id") String id, @RequestBody String order);
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportHttpServices(group = "stock-quotes", types = Quotes.class)
    static class Shop {

        @Bean
        Desk desk(@Qualifier("weather") RestClient weather, @Qualifier("bank") RestClient bank, Quotes quotes) {
            return new Desk(weather, bank, quotes);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.deadline;

import static io.evenkeel.testing.Effect.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.error.EvenkeelException;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** A caller, an application in Tomcat, and a server that it calls. */
class TwoHopsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Front.class)
    static class Application {

        @Bean
        MeterRegistry registry() {
            return new SimpleMeterRegistry();
        }
    }

    @RestController
    static class Front {

        private final RestClient client;

        Front(RestClient client) {
            this.client = client;
        }

        @GetMapping("/front")
        String front(@RequestParam("back") String back) {
            try {
                return this.client.get().uri(URI.create(back)).retrieve().body(String.class);
            } catch (ResourceAccessException ex) {
                return EvenkeelException.in(ex).map(EvenkeelException::reason).orElse("unknown");
            }
        }
    }

    private ConfigurableApplicationContext start(String... properties) {
        return this.leaks.closeAfter(new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.SERVLET)
                .properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off")
                .properties(properties)
                .run());
    }

    private static String call(ConfigurableApplicationContext front, URI back, String header, String value)
            throws IOException, InterruptedException {
        String port = front.getEnvironment().getProperty("local.server.port");
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%s/front?back=%s".formatted(port, back)))
                .header(header, value)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @ParameterizedTest
    @CsvSource({"Expect-Within, seconds, 5, 1000", "x-envoy-expected-rq-timeout-ms, millis, 5000, 1"})
    void theServerLearnsWhatIsLeftOfTheTimeOfTheCaller(String header, String unit, String value, int factor)
            throws Exception {
        ScriptedServer back = this.leaks.server(ScriptedServer.http().start());
        ConfigurableApplicationContext front = start(
                "evenkeel.deadline.accept-header=" + header,
                "evenkeel.deadline.accept-unit=" + unit,
                "evenkeel.deadline.send-header=" + header,
                "evenkeel.deadline.send-unit=" + unit);

        assertThat(call(front, back.uri("/"), header, value)).isEqualTo("ok");

        String sent = back.requests().get(0).header(header);
        assertThat(Double.parseDouble(sent) * factor).isBetween(1.0, 5000.0);
    }

    @Test
    void theCallEndsWithTheTimeOfTheCaller() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        ScriptedServer back = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, until(released)))
                .start());
        ConfigurableApplicationContext front = start("evenkeel.deadline.accept-header=Expect-Within");

        assertThat(call(front, back.uri("/"), "Expect-Within", "0.3")).isEqualTo("deadline");

        released.countDown();
        assertThat(back.requests().get(0).header("Expect-Within")).isNull();
    }

    @Test
    void withNothingLeftTheServerIsNotCalled() throws Exception {
        ScriptedServer back = this.leaks.server(ScriptedServer.http().start());
        ConfigurableApplicationContext front =
                start("evenkeel.deadline.accept-header=Expect-Within", "evenkeel.deadline.min=50ms");

        assertThat(call(front, back.uri("/"), "Expect-Within", "0.02")).isEqualTo("no_time_left");

        assertThat(back.connectionsAccepted()).isZero();
    }

    @Test
    void whatIsNoTimeIsCounted() throws Exception {
        ScriptedServer back = this.leaks.server(ScriptedServer.http().start());
        ConfigurableApplicationContext front = start("evenkeel.deadline.accept-header=Expect-Within");

        assertThat(call(front, back.uri("/"), "Expect-Within", "soon")).isEqualTo("ok");

        assertThat(front.getBean(MeterRegistry.class)
                        .get("evenkeel.deadline.ignored")
                        .counter()
                        .count())
                .isOne();
    }

    @Test
    void byDefaultNothingIsAccepted() throws Exception {
        ScriptedServer back = this.leaks.server(ScriptedServer.http().start());
        ConfigurableApplicationContext front = start();

        assertThat(call(front, back.uri("/"), "Expect-Within", "0")).isEqualTo("ok");

        assertThat(front.getBeansOfType(DeadlineFilter.class)).isEmpty();
        assertThat(back.requests().get(0).header("Expect-Within")).isNull();
    }
}

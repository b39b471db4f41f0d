// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Effect.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.deadline.Deadlines;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.CallTimeoutException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.error.NetworkException;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** The bound of a call, as the users of Spring's clients set it. */
class CallTimeoutOnTheWireTests {

    private static final Duration SHORT = Duration.ofMillis(150);

    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final CountDownLatch released = new CountDownLatch(1);
    private final ScriptedServer server = this.leaks.server(ScriptedServer.http()
            .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, until(this.released)))
            .start());

    interface Quotes {

        @GetExchange("/quote")
        String quote(@RequestAttribute(Deadlines.CALL_TIMEOUT) Duration timeout);
    }

    private void with(Consumer<AssertableApplicationContext> assertions, String... properties) {
        Contexts.plain().withPropertyValues(properties).run(context -> {
            assertions.accept(context);
            this.released.countDown();
            assertThat(get(context.getBean(RestClient.class))).isEqualTo("ok");
        });
    }

    private String get(RestClient client) {
        return client.get().uri(this.server.uri("/")).retrieve().body(String.class);
    }

    private static <T extends EvenkeelException> T failure(Class<T> type, ThrowingCallable call) {
        Throwable[] thrown = new Throwable[1];
        assertThatThrownBy(call).isInstanceOf(ResourceAccessException.class).satisfies(ex -> thrown[0] = ex);
        EvenkeelException found = EvenkeelException.in(thrown[0]).orElseThrow();
        assertThat(found).isInstanceOf(type);
        return type.cast(found);
    }

    @Test
    void theClientWithoutNameHasThatOfAll() {
        with(
                context -> assertThat(failure(CallTimeoutException.class, () -> get(context.getBean(RestClient.class))))
                        .hasMessageContaining("GET " + this.server.uri("") + " took longer than 150ms")
                        .hasMessageEndingWith("Raise evenkeel.call-timeout if a call may take longer."),
                "evenkeel.call-timeout=150ms");
    }

    @Test
    void aNamedClientHasItsOwn() {
        with(
                context -> assertThat(failure(
                                CallTimeoutException.class,
                                () -> get(context.getBean("paymentsRestClient", RestClient.class))))
                        .hasMessageContaining("client 'payments'")
                        .hasMessageEndingWith(
                                "Raise evenkeel.clients.payments.call-timeout if a call may take longer."),
                "evenkeel.clients.payments.call-timeout=150ms",
                "evenkeel.call-timeout=60s");
    }

    @Test
    void aRequestHasThatOfItsAttribute() {
        with(context -> {
            CallTimeoutException late = failure(
                    CallTimeoutException.class,
                    () -> context.getBean(RestClient.class)
                            .get()
                            .uri(this.server.uri("/"))
                            .attribute(Deadlines.CALL_TIMEOUT, SHORT)
                            .retrieve()
                            .body(String.class));
            assertThat(late.reason()).isEqualTo("deadline");
            assertThat(late).hasMessageEndingWith("That limit is the attribute evenkeel.call-timeout of the request.");
        });
    }

    @Test
    void anAttributeDoesNotProlongWhatTheClientAllows() {
        with(
                context -> assertThat(failure(
                                CallTimeoutException.class,
                                () -> context.getBean(RestClient.class)
                                        .get()
                                        .uri(this.server.uri("/"))
                                        .attribute(Deadlines.CALL_TIMEOUT, LONG)
                                        .retrieve()
                                        .body(String.class)))
                        .extracting(EvenkeelException::reason)
                        .isEqualTo("call_timeout"),
                "evenkeel.call-timeout=150ms");
    }

    @Test
    void aMethodOfAnHttpServiceHasThatOfItsParameter() {
        with(context -> {
            RestClient client = context.getBean(RestClient.Builder.class)
                    .baseUrl(this.server.uri("").toString())
                    .build();
            Quotes quotes = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
                    .build()
                    .createClient(Quotes.class);
            assertThat(failure(CallTimeoutException.class, () -> quotes.quote(SHORT))
                            .limit())
                    .isEqualTo(SHORT);
        });
    }

    @Test
    void aRestTemplateHasThatOfTheCodeAroundIt() {
        with(context -> {
            RestTemplate template = context.getBean(RestTemplateBuilder.class).build();
            CallTimeoutException late = failure(
                    CallTimeoutException.class,
                    () -> Deadlines.within(SHORT, () -> template.getForObject(this.server.uri("/"), String.class)));
            assertThat(late.reason()).isEqualTo("deadline");
            assertThat(late).hasMessageContaining("Deadlines.within");
        });
    }

    @Test
    void withNothingLeftNoConnectionIsOpened() {
        with(context -> {
            CallRejectedException rejected = failure(
                    CallRejectedException.class,
                    () -> Deadlines.within(Duration.ZERO, () -> get(context.getBean(RestClient.class))));
            assertThat(rejected.reason()).isEqualTo("no_time_left");
            assertThat(rejected.sent()).isEqualTo(EvenkeelException.Sent.NO);
            assertThat(this.server.connectionsAccepted()).isZero();
            // Ends the first request of the script, as the other tests do.
            assertThat(failure(
                            CallTimeoutException.class,
                            () -> Deadlines.within(SHORT, () -> get(context.getBean(RestClient.class)))))
                    .isNotNull();
        });
    }

    @Test
    void aRequestHasTheReadTimeoutOfItsAttribute() {
        with(context -> {
            NetworkException late = failure(
                    NetworkException.class,
                    () -> context.getBean(RestClient.class)
                            .get()
                            .uri(this.server.uri("/"))
                            .attribute(Deadlines.READ_TIMEOUT, SHORT)
                            .retrieve()
                            .body(String.class));
            assertThat(late.reason()).isEqualTo("read_timeout");
            assertThat(late).hasMessageContaining("limit 150ms").hasMessageContaining("evenkeel.read-timeout");
        });
    }

    @Test
    void aReadTimeoutOfARequestDoesNotProlongThatOfItsClient() {
        with(
                context -> assertThatThrownBy(() -> context.getBean(RestClient.class)
                                .get()
                                .uri(this.server.uri("/"))
                                .attribute(Deadlines.READ_TIMEOUT, LONG)
                                .retrieve()
                                .body(String.class))
                        .hasRootCauseInstanceOf(SocketTimeoutException.class),
                "spring.http.clients.read-timeout=150ms");
    }

    @Test
    void attributesReachARequestThroughInterceptors() {
        with(context -> {
            RestClient client = context.getBean(RestClient.Builder.class)
                    .requestInterceptor((request, body, execution) -> execution.execute(request, body))
                    .build();
            assertThat(failure(
                            CallTimeoutException.class,
                            () -> client.post()
                                    .uri(this.server.uri("/"))
                                    .attribute(Deadlines.CALL_TIMEOUT, SHORT)
                                    .body("x")
                                    .retrieve()
                                    .body(String.class)))
                    .isNotNull();
        });
    }
}

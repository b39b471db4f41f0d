// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Effect.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.retry.Retries;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** Retries, as the users of Spring's clients set them. */
class RetriesOnTheWireTests {

    private static final String ON = "evenkeel.retry.enabled=true";

    private static final String QUICK = "evenkeel.retry.delay=1ms";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final AtomicInteger overloaded = new AtomicInteger(1);
    private volatile Answer refusal = Answer.status(503);
    private final ScriptedServer server = this.leaks.server(ScriptedServer.http()
            .byDefault(request -> (this.overloaded.getAndDecrement() > 0) ? this.refusal : Answer.ok("ok"))
            .start());

    interface Search {

        @PostExchange("/search")
        String search(@RequestAttribute(Retries.IDEMPOTENT) boolean idempotent);
    }

    private void with(Consumer<AssertableApplicationContext> assertions, String... properties) {
        Contexts.plain().withPropertyValues(properties).run(assertions::accept);
    }

    private String get(RestClient client) {
        return client.get().uri(this.server.uri("/")).retrieve().body(String.class);
    }

    private String get(AssertableApplicationContext context) {
        return get(context.getBean(RestClient.class));
    }

    @Test
    void nothingIsSentAgainByDefault() {
        with(context -> assertThatThrownBy(() -> get(context)).isInstanceOf(HttpServerErrorException.class));

        assertThat(this.server.requests()).hasSize(1);
    }

    @Test
    void oneKeySwitchesThemOn() {
        with(context -> assertThat(get(context)).isEqualTo("ok"), ON);

        assertThat(this.server.requests()).hasSize(2);
    }

    @Test
    void aTemplateHasThemToo() {
        with(
                context -> assertThat(context.getBean(RestTemplateBuilder.class)
                                .build()
                                .getForObject(this.server.uri("/"), String.class))
                        .isEqualTo("ok"),
                ON);
    }

    @Test
    void aClientHasItsOwn() {
        with(
                context -> {
                    assertThat(get(context.getBean("paymentsRestClient", RestClient.class)))
                            .isEqualTo("ok");
                    this.overloaded.set(1);
                    assertThatThrownBy(() -> get(context)).isInstanceOf(HttpServerErrorException.class);
                },
                "evenkeel.clients.payments.retry.enabled=true");

        assertThat(this.server.requests()).hasSize(3);
    }

    @Test
    void thereAreSoManyOfThem() {
        this.overloaded.set(100);

        with(
                context -> assertThatThrownBy(() -> get(context)).isInstanceOf(HttpServerErrorException.class),
                ON,
                QUICK,
                "evenkeel.retry.max-retries=4");

        assertThat(this.server.requests()).hasSize(5);
    }

    @Test
    void theStatusesAreThoseOfTheKey() {
        this.refusal = Answer.status(500);

        with(context -> assertThat(get(context)).isEqualTo("ok"), ON, QUICK, "evenkeel.retry.statuses=500");
        this.refusal = Answer.status(503);
        this.overloaded.set(1);
        with(
                context -> assertThatThrownBy(() -> get(context)).isInstanceOf(HttpServerErrorException.class),
                ON,
                QUICK,
                "evenkeel.retry.statuses=500");
    }

    @Test
    void thePauseHasNoMoreThanItsKeys() {
        this.overloaded.set(9);

        // Half a minute and more, if the limit were not kept: the bound of the last pause would be 25 s.
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> with(
                        context -> assertThat(get(context)).isEqualTo("ok"),
                        ON,
                        "evenkeel.retry.delay=100ms",
                        "evenkeel.retry.max-delay=100ms",
                        "evenkeel.retry.max-retries=9"));

        assertThat(this.server.requests()).hasSize(10);
    }

    @Test
    void aLongerWishOfTheServerIsNotFollowed() {
        this.refusal = Answer.status(503).header("Retry-After", "2");

        with(
                context -> assertThatThrownBy(() -> get(context)).isInstanceOf(HttpServerErrorException.class),
                ON,
                "evenkeel.retry.max-retry-after=1s");

        assertThat(this.server.requests()).hasSize(1);
    }

    @Test
    void theBudgetIsThatOfItsKeys() {
        this.overloaded.set(100);
        with(
                context -> {
                    assertThat(catchThrowable(() -> get(context))).isNotNull();
                    assertThat(catchThrowable(() -> get(context))).isNotNull();
                    assertThat(this.server.requests()).hasSize(3);
                    this.overloaded.set(0);
                    get(context);
                    this.overloaded.set(1);
                    assertThat(get(context)).isEqualTo("ok");
                },
                ON,
                QUICK,
                "evenkeel.retry.budget.burst=1",
                "evenkeel.retry.budget.ratio=1");
    }

    @Test
    void anAttemptHasItsOwnTimeout() {
        ScriptedServer silent = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, stall()))
                .start());

        with(
                context -> assertThat(context.getBean(RestClient.class)
                                .get()
                                .uri(silent.uri("/"))
                                .retrieve()
                                .body(String.class))
                        .isEqualTo("ok"),
                ON,
                QUICK,
                "evenkeel.retry.attempt-timeout=200ms");

        assertThat(silent.requests()).hasSize(2);
        silent.release();
    }

    @Test
    void anAttributeSwitchesThemOffForOneRequest() {
        with(
                context -> {
                    assertThatThrownBy(() -> context.getBean(RestClient.class)
                                    .get()
                                    .uri(this.server.uri("/"))
                                    .attribute(Retries.ENABLED, false)
                                    .retrieve()
                                    .body(String.class))
                            .isInstanceOf(HttpServerErrorException.class);
                    assertThat(this.server.requests()).hasSize(1);
                    this.overloaded.set(1);
                    assertThat(get(context)).isEqualTo("ok");
                },
                ON);
    }

    @Test
    void aServiceSaysThatItsPostIsIdempotent() {
        with(
                context -> {
                    RestClient client = context.getBean(RestClient.class)
                            .mutate()
                            .baseUrl(this.server.uri("").toString())
                            .build();
                    Search search = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
                            .build()
                            .createClient(Search.class);
                    assertThat(search.search(true)).isEqualTo("ok");
                    assertThat(this.server.requestCount("POST")).isEqualTo(2);
                    this.overloaded.set(1);
                    assertThatThrownBy(() -> search.search(false)).isInstanceOf(HttpServerErrorException.class);
                    assertThat(this.server.requestCount("POST")).isEqualTo(3);
                },
                ON);
    }

    @Test
    void anAttributeThatIsNoBooleanFailsTheCall() {
        with(
                context -> assertThatThrownBy(() -> context.getBean(RestClient.class)
                                .get()
                                .uri(this.server.uri("/"))
                                .attribute(Retries.ENABLED, "off")
                                .retrieve()
                                .body(String.class))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("evenkeel.retry.enabled"),
                ON);

        assertThat(this.server.requests()).isEmpty();
    }

    @Test
    void whatCouldNeverBeSentSaysHowOftenItWasTried() {
        this.server.stopListening();

        with(
                context -> assertThatThrownBy(() -> get(context))
                        .isInstanceOf(ResourceAccessException.class)
                        .hasMessageContaining("tried 3 times (client 'default'"),
                ON,
                QUICK);
    }
}

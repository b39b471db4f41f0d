// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.policy.breaker.BreakerSource;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnCallNotPermittedEvent;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Circuit breakers as an application has them. */
class EvenkeelCircuitBreakerAutoConfigurationTests {

    private static final String ON = "evenkeel.retry.enabled=true";

    private static final String ONE_ATTEMPT = "evenkeel.retry.statuses=429";

    private final ApplicationContextRunner runner = Contexts.plain();

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final ScriptedServer server = this.leaks.server(
            ScriptedServer.http().byDefault(request -> Answer.status(500)).start());

    private void call(ApplicationContext context, int times) {
        call(context.getBean(RestClient.class), times);
    }

    private void call(RestClient client, int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> get(client)).isInstanceOf(HttpServerErrorException.class);
        }
    }

    private String get(RestClient client) {
        return client.get().uri(this.server.uri("/")).retrieve().body(String.class);
    }

    @Test
    void whoSwitchesRetriesOnHasThem() {
        this.runner.withPropertyValues(ON, ONE_ATTEMPT).run(context -> {
            call(context, 20);

            assertThatThrownBy(() -> get(context.getBean(RestClient.class)))
                    .isInstanceOf(ResourceAccessException.class)
                    .satisfies(thrown -> assertThat(EvenkeelException.in(thrown))
                            .get()
                            .isInstanceOf(CallRejectedException.class)
                            .extracting(EvenkeelException::reason)
                            .isEqualTo("circuit_open"));
            assertThat(this.server.requests()).hasSize(20);
        });
    }

    @Test
    void withoutRetriesThereAreNone() {
        this.runner.run(context -> {
            call(context, 60);

            assertThat(context.getBean(CircuitBreakerRegistry.class).getAllCircuitBreakers())
                    .isEmpty();
        });
    }

    @Test
    void allClientsThatAreMadeWithOneBuilderShareThem() {
        this.runner.withPropertyValues(ON, ONE_ATTEMPT).run(context -> {
            for (int i = 0; i < 20; i++) {
                call(context.getBean(RestClient.Builder.class).build(), 1);
            }

            assertThatThrownBy(() -> get(context.getBean(RestClient.class)))
                    .isInstanceOf(ResourceAccessException.class);
            assertThat(context.getBean(CircuitBreakerRegistry.class).getAllCircuitBreakers())
                    .extracting(CircuitBreaker::getName)
                    .containsExactly("default@127.0.0.1:" + this.server.port());
        });
    }

    @Test
    void theRegistryOfTheApplicationWinsWithItsConfigurationAndItsEvents() {
        List<CircuitBreakerOnCallNotPermittedEvent> events = new CopyOnWriteArrayList<>();
        CircuitBreakerRegistry registry = CircuitBreakerRegistry.of(Map.of(
                "payments",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(2)
                        .minimumNumberOfCalls(2)
                        .build()));
        registry.getEventPublisher()
                .onEntryAdded(entry -> entry.getAddedEntry().getEventPublisher().onCallNotPermitted(events::add));
        this.runner
                .withBean("theirs", CircuitBreakerRegistry.class, () -> registry)
                .withPropertyValues(ON, ONE_ATTEMPT, "evenkeel.clients.payments.base-url=" + this.server.uri("/"))
                .run(context -> {
                    RestClient payments = context.getBean("paymentsRestClient", RestClient.class);
                    call(payments, 2);

                    assertThatThrownBy(() -> get(payments)).isInstanceOf(ResourceAccessException.class);
                    assertThat(context).hasSingleBean(CircuitBreakerRegistry.class);
                    assertThat(events)
                            .extracting(CircuitBreakerOnCallNotPermittedEvent::getCircuitBreakerName)
                            .containsExactly("payments@127.0.0.1:" + this.server.port());
                });
    }

    @Test
    void ofSeveralRegistriesNoneIsTaken() {
        CircuitBreakerRegistry one = CircuitBreakerRegistry.ofDefaults();
        CircuitBreakerRegistry other = CircuitBreakerRegistry.ofDefaults();
        this.runner
                .withBean("one", CircuitBreakerRegistry.class, () -> one)
                .withBean("other", CircuitBreakerRegistry.class, () -> other)
                .withPropertyValues(ON, ONE_ATTEMPT)
                .run(context -> {
                    call(context, 20);

                    assertThatThrownBy(() -> get(context.getBean(RestClient.class)))
                            .isInstanceOf(ResourceAccessException.class);
                    assertThat(one.getAllCircuitBreakers()).isEmpty();
                    assertThat(other.getAllCircuitBreakers()).isEmpty();
                });
    }

    @Test
    void theirMetersAreThoseOfTheLibrary() {
        this.runner
                .withConfiguration(AutoConfigurations.of(
                        MetricsAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class))
                .withPropertyValues(ON, ONE_ATTEMPT)
                .run(context -> {
                    call(context, 20);

                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("resilience4j.circuitbreaker.state")
                                    .tags("name", "default@127.0.0.1:" + this.server.port(), "state", "open")
                                    .gauge()
                                    .value())
                            .isEqualTo(1);
                });
    }

    @Test
    void theRegistryOfTheApplicationIsCountedByTheApplication() {
        this.runner
                .withBean(CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults)
                .run(context -> assertThat(context).doesNotHaveBean(TaggedCircuitBreakerMetrics.class));
    }

    @Test
    void withoutTheLibraryThereAreRetriesAndNoBreakers() {
        this.runner
                .withClassLoader(new FilteredClassLoader("io.github.resilience4j"))
                .withPropertyValues(ON, ONE_ATTEMPT)
                .run(context -> {
                    call(context, 30);

                    assertThat(context).hasNotFailed().doesNotHaveBean(BreakerSource.class);
                });
    }

    @Test
    void withoutItsMetersTheyWorkAllTheSame() {
        this.runner
                .withClassLoader(new FilteredClassLoader(TaggedCircuitBreakerMetrics.class))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(BreakerSource.class));
    }

    @Test
    void aSourceOfTheApplicationWins() {
        BreakerSource theirs = (client, settings) -> authority -> {
            throw new IllegalStateException("not asked");
        };
        this.runner
                .withBean(BreakerSource.class, () -> theirs)
                .run(context -> assertThat(context.getBean(BreakerSource.class)).isSameAs(theirs));
    }
}

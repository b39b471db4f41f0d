// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.EvenkeelMetricsAutoConfiguration;
import io.evenkeel.client.NamedClients;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.http.client.observation.ClientRequestObservationConvention;
import org.springframework.web.client.RestClient;

/** Traces know which client made a request; Spring's meter does not change, and ours have the client as a tag. */
class ClientObservationTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer server;
    private final List<KeyValues> observed = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeEach
    void startServer() {
        this.server = this.leaks.server(ScriptedServer.http().start());
    }

    @Test
    void aClientTellsItsName() {
        context().run(context -> {
            call(context.getBean("paymentsRestClient", RestClient.class));
            assertThat(names()).containsExactly("payments");
        });
    }

    @Test
    void soDoesWhatIsBuiltForIt() {
        context().run(context -> {
            call(context.getBean(NamedClients.class)
                    .builder("payments")
                    .requestInterceptor((request, body, execution) -> execution.execute(request, body))
                    .build());
            assertThat(names()).containsExactly("payments");
        });
    }

    @Test
    void soDoesItsHttpServiceGroup() {
        context().withUserConfiguration(ClientGroupsTests.Services.class).run(context -> {
            context.getBean(ClientGroupsTests.Payments.class).get();
            assertThat(names()).containsExactly("payments");
        });
    }

    @Test
    void soDoesItWithAConventionOfTheApplication() {
        context()
                .withBean(ClientRequestObservationConvention.class, OwnConvention::new)
                .run(context -> {
                    call(context.getBean("paymentsRestClient", RestClient.class));
                    assertThat(names()).containsExactly("payments");
                });
    }

    @Test
    void soDoesAClientThatIsSwitchedOff() {
        context().withPropertyValues("evenkeel.clients.payments.enabled=false").run(context -> {
            call(context.getBean(NamedClients.class)
                    .builder("payments")
                    .defaultHeader("Connection", "close")
                    .build());
            assertThat(names()).containsExactly("payments");
        });
    }

    @Test
    void theClientWithoutNameTellsNone() {
        context().run(context -> {
            context.getBean(RestClient.class)
                    .get()
                    .uri(this.server.uri("/"))
                    .retrieve()
                    .toBodilessEntity();
            assertThat(this.observed).hasSize(1);
            assertThat(names()).isEmpty();
        });
    }

    @Test
    void theMeterOfSpringIsAsItWas() {
        context().run(context -> {
            call(context.getBean("paymentsRestClient", RestClient.class));
            call(context.getBean(RestClient.Builder.class)
                    .baseUrl(this.server.uri(""))
                    .build());
            assertThat(this.meters.get("http.client.requests").timers()).hasSize(1);
        });
    }

    @Test
    void ourMetersHaveTheClientAsATag() {
        context().run(context -> {
            call(context.getBean("paymentsRestClient", RestClient.class));
            assertThat(this.meters
                            .get("evenkeel.connections")
                            .tags("client", "payments", "state", "idle")
                            .gauge()
                            .value())
                    .isEqualTo(1);
        });
    }

    private ApplicationContextRunner context() {
        return Contexts.plain()
                .withConfiguration(AutoConfigurations.of(
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        ObservationAutoConfiguration.class,
                        RestClientObservationAutoConfiguration.class,
                        EvenkeelMetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> this.meters)
                .withBean("recorder", ObservationHandler.class, Recorder::new)
                .withPropertyValues("evenkeel.clients.payments.base-url=" + this.server.uri(""));
    }

    private static void call(RestClient client) {
        client.get().uri("/").retrieve().toBodilessEntity();
    }

    private List<String> names() {
        return this.observed.stream()
                .flatMap(KeyValues::stream)
                .filter(keyValue -> keyValue.getKey().equals("evenkeel.client"))
                .map(KeyValue::getValue)
                .toList();
    }

    private final class Recorder implements ObservationHandler<ClientRequestObservationContext> {

        @Override
        public void onStop(ClientRequestObservationContext context) {
            ClientObservationTests.this.observed.add(context.getHighCardinalityKeyValues());
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof ClientRequestObservationContext;
        }
    }

    private static final class OwnConvention implements ClientRequestObservationConvention {

        @Override
        public String getName() {
            return "own";
        }

        @Override
        public KeyValues getHighCardinalityKeyValues(ClientRequestObservationContext context) {
            return KeyValues.empty();
        }
    }
}

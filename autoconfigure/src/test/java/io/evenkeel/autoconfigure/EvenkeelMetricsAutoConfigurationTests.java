// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.metrics.ConnectionMeters;
import io.evenkeel.metrics.TlsReloadMeters;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.ScriptedServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

class EvenkeelMetricsAutoConfigurationTests {

    private final ApplicationContextRunner runner = Contexts.plain()
            .withConfiguration(AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    EvenkeelMetricsAutoConfiguration.class));

    @Test
    void itFollowsTheConfigurationThatMakesTheRegistry() {
        AutoConfiguration annotation = EvenkeelMetricsAutoConfiguration.class.getAnnotation(AutoConfiguration.class);

        assertThat(annotation.afterName()).contains(CompositeMeterRegistryAutoConfiguration.class.getName());
    }

    @Test
    void theBindersAreTheListeners() {
        this.runner.run(context -> {
            assertThat(context).hasSingleBean(ConnectionMeters.class).hasSingleBean(TlsReloadMeters.class);
            assertThat(context.getBeansOfType(MeterBinder.class))
                    .containsAllEntriesOf(context.getBeansOfType(ConnectionListener.class).entrySet().stream()
                            .collect(Collectors.toMap(Map.Entry::getKey, entry -> (MeterBinder) entry.getValue())));
        });
    }

    @Test
    void eventsReachTheRegistryOfTheApplication() {
        this.runner.run(context -> {
            acquire(context.getBean(ConnectionMeters.class), "https://api.example.com");

            assertThat(context.getBean(MeterRegistry.class)
                            .get("evenkeel.connections.acquire")
                            .tags("client", "payments", "route", "https://api.example.com", "result", "reused")
                            .timer()
                            .count())
                    .isOne();
        });
    }

    @Test
    void aCallMakesNoSeriesOfWhatDidNotHappen() throws Exception {
        try (ScriptedServer server =
                ScriptedServer.http().byDefault(Answer.ok("hello")).start()) {
            this.runner.run(context -> {
                RestClient.Builder builder = RestClient.builder()
                        .requestFactory(context.getBean(ClientHttpRequestFactoryBuilder.class)
                                .build());
                builder.build().get().uri(server.uri("/")).retrieve().toBodilessEntity();

                assertThat(context.getBean(MeterRegistry.class).getMeters())
                        .filteredOn(
                                meter -> meter.getId().getName().startsWith("evenkeel.") && !(meter instanceof Gauge))
                        .allSatisfy(meter -> assertThat(
                                        meter.measure().iterator().next().getValue())
                                .isPositive())
                        .extracting(meter -> meter.getId().getName())
                        .contains("evenkeel.attempts", "evenkeel.connections.acquire", "evenkeel.connections.creation");
            });
        }
    }

    @Test
    void theKeysOfTheMetricsAreFollowed() {
        this.runner.withPropertyValues("evenkeel.metrics.maxRoutes=1").run(context -> {
            acquire(context.getBean(ConnectionMeters.class), "a");
            acquire(context.getBean(ConnectionMeters.class), "b");

            assertThat(context.getBean(MeterRegistry.class)
                            .get("evenkeel.connections.pending")
                            .meters())
                    .extracting(meter -> meter.getId().getTag("route"))
                    .containsExactlyInAnyOrder("a", "other");
        });
        this.runner.withPropertyValues("evenkeel.metrics.per-route=false").run(context -> {
            acquire(context.getBean(ConnectionMeters.class), "a");

            assertThat(context.getBean(MeterRegistry.class)
                            .get("evenkeel.connections.pending")
                            .meters())
                    .extracting(meter -> meter.getId().getTag("route"))
                    .containsExactly("all");
        });
    }

    @Test
    void oneKeyOfSpringBootSwitchesAllMetersOff() {
        this.runner
                .withPropertyValues("management.metrics.enable.evenkeel=false")
                .run(context -> {
                    acquire(context.getBean(ConnectionMeters.class), "a");

                    assertThat(context.getBean(MeterRegistry.class).getMeters())
                            .noneMatch(meter -> meter.getId().getName().startsWith("evenkeel"));
                });
    }

    @Test
    void metersAreRemovedWhenTheContextCloses() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Contexts.plain()
                .withConfiguration(
                        AutoConfigurations.of(MetricsAutoConfiguration.class, EvenkeelMetricsAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> registry)
                .run(context -> {
                    acquire(context.getBean(ConnectionMeters.class), "a");
                    assertThat(registry.find("evenkeel.connections").meters()).isNotEmpty();
                });

        assertThat(registry.getMeters())
                .noneMatch(meter -> meter.getId().getName().startsWith("evenkeel"));
    }

    @Test
    void withoutMicrometerARegistryOrPoolsThereIsNothing() {
        this.runner
                .withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("evenkeelConnectionMeters"));
        Contexts.plain()
                .withConfiguration(AutoConfigurations.of(EvenkeelMetricsAutoConfiguration.class))
                .run(context -> assertThat(context).doesNotHaveBean(ConnectionMeters.class));
        this.runner
                .withPropertyValues("evenkeel.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ConnectionMeters.class));
    }

    private static void acquire(ConnectionListener listener, String route) {
        listener.acquired("payments", route, AcquireResult.REUSED, Duration.ofMillis(1));
    }
}

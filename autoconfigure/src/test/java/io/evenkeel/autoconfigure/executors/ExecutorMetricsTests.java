// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Spring Boot's meters of executors cover those from properties. */
class ExecutorMetricsTests {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachExecutorHasMetersWithItsName(boolean lazy) {
        ExecutorContexts.with(
                        "evenkeel.executors.mail.pool.core-size=3", "evenkeel.executors.bulkImport.pool.core-size=4")
                .withInitializer(context -> {
                    if (lazy) {
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
                    }
                })
                .withConfiguration(AutoConfigurations.of(
                        MetricsAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        TaskExecutorMetricsAutoConfiguration.class))
                .run(context -> {
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(registry.get("executor.pool.core").meters())
                            .extracting(meter -> meter.getId().getTag("name"))
                            .containsExactlyInAnyOrder("applicationTaskExecutor", "mail", "bulkImport");
                    assertThat(value(registry, "executor.pool.core", "mail")).isEqualTo(3);
                    assertThat(value(registry, "executor.pool.core", "bulkImport"))
                            .isEqualTo(4);

                    assertThat(value(registry, "executor.pool.size", "mail")).isZero();
                    context.getBean("mail", ThreadPoolTaskExecutor.class)
                            .submit(() -> {})
                            .get(10, TimeUnit.SECONDS);
                    assertThat(value(registry, "executor.pool.size", "mail")).isOne();
                });
    }

    private static double value(MeterRegistry registry, String name, String executor) {
        Meter meter = registry.get(name).tag("name", executor).meter();
        return meter.measure().iterator().next().getValue();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.RecordTypes;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.autoconfigure.properties.Settings;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Judges all settings before the first bean is made, so that one start tells all that is wrong with them, and no bean is
 * blamed for it. An application that is processed ahead of time is judged when it runs: its build may not know the values.
 */
final class SettingsCheck implements BeanFactoryPostProcessor, PriorityOrdered {

    private static final int MOST_ROUTES = 1000;
    private static final Duration SHORTEST_SHUTDOWN = Duration.ofMillis(100);
    private static final Duration LONGEST_SHUTDOWN = Duration.ofHours(24);

    private final Environment environment;
    private final Settings settings;
    private final Refusals refusals;

    SettingsCheck(Environment environment, Settings settings) {
        this.environment = environment;
        this.settings = settings;
        this.refusals = settings.refusals();
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
            return;
        }
        try {
            check();
        } catch (InvalidSettingException ex) {
            // Nothing that would do so at its end has been made yet.
            RecordTypes.forget();
            throw ex;
        }
    }

    /** @throws InvalidSettingException if there are settings that are refused, one with the others as suppressed ones */
    private void check() {
        BootTimeoutCheck timeouts = new BootTimeoutCheck(this.environment);
        if (this.settings.enabled()) {
            checkOfAll(this.settings.ofAll());
            timeouts.check(this.refusals);
            check(this.settings.defaultClient(), this.settings.clients(), timeouts);
        }
        this.settings.clients().forEach(client -> check(client, List.of(), timeouts));
        for (String name : this.settings.executorNames()) {
            new ExecutorCheck(name, this.settings.executor(name), this.environment, this.refusals).check();
        }
        this.refusals.throwIfAny();
    }

    private void checkOfAll(EvenkeelProperties ofAll) {
        new DeadlineCheck(ofAll.deadline(), this.settings.defaultClient().keys()).checkAccepted(this.refusals);
        new KeyCheck(this.environment).check(ofAll.unknownKeys(), this.refusals);
        this.refusals.check(
                () -> checkRoutes(ofAll.metrics().maxRoutes()),
                () -> checkTimeout(ofAll.shutdown().timeout()));
    }

    private static void checkRoutes(int maxRoutes) {
        new Setting<>("evenkeel.metrics.max-routes", maxRoutes)
                .atLeast(
                        1,
                        "no route could have meters of its own",
                        "Write at least 1; to tell no routes apart, write 'evenkeel.metrics.per-route: false'.")
                .atMost(
                        MOST_ROUTES,
                        "each route makes dozens of time series, so many would overload the monitoring system");
    }

    private static void checkTimeout(Duration timeout) {
        new Setting<>("evenkeel.shutdown.timeout", timeout)
                .atLeast(
                        Duration.ZERO,
                        "a time cannot be negative",
                        "Write 0 to interrupt tasks at once, or remove it for the default of 25s.")
                .refuseIf(
                        !timeout.isZero() && timeout.compareTo(SHORTEST_SHUTDOWN) < 0,
                        "hardly any task could end within it",
                        "Write at least 100ms, such as 25s, or 0 to interrupt tasks at once.")
                .atMost(
                        LONGEST_SHUTDOWN,
                        "nothing that stops an application waits that long before it kills it",
                        "Write at most 24h, and less than what stops the application waits, such as 25s.");
    }

    /**
     * Judges what Spring Boot will make of a client, and what Evenkeel will, unless it is switched off.
     *
     * @param heirs the clients that have its settings where they are silent
     */
    private void check(ClientProperties client, List<ClientProperties> heirs, BootTimeoutCheck timeouts) {
        ClientKeys keys = client.keys();
        ClientCheck check = new ClientCheck(keys, this.refusals);
        check.check(client.http());
        EvenkeelProperties evenkeel = client.carriedBy();
        if (evenkeel != null) {
            check.check(evenkeel);
            RetryCheck ofRetries = new RetryCheck(evenkeel, keys, this.refusals);
            ofRetries.check(timeouts.timeout(keys.inForce("read-timeout")));
            List<ClientKeys> concerned = Stream.concat(Stream.of(client), heirs.stream())
                    .map(ClientProperties::keys)
                    .toList();
            if (concerned.stream().noneMatch(RetryCheck::isDecided)) {
                ofRetries.refuseAll();
            }
            BreakerCheck ofBreakers = new BreakerCheck(evenkeel.circuitBreaker(), keys, this.refusals);
            ofBreakers.check();
            ofBreakers.checkLibrary(client.breakers());
            ofBreakers.checkEffect(concerned);
        }
    }
}

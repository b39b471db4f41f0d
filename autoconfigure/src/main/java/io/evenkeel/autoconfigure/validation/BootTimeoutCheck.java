// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.BareNumberCheck;
import io.evenkeel.autoconfigure.properties.ConfiguredKeys;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.autoconfigure.properties.UniqueNames;
import io.evenkeel.client.DefaultSettings;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * What Spring Boot's timeouts may be. Its keys stay its own, so only those values are refused that HttpClient cannot
 * keep; 0 means no timeout, as it does without Evenkeel.
 */
final class BootTimeoutCheck {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private static final String CLIENTS = "spring.http.clients";
    private static final String SERVICE_CLIENTS = "spring.http.serviceclient";

    private final Environment environment;
    private final Binder binder;
    private final ConfiguredKeys configured;

    BootTimeoutCheck(Environment environment) {
        this.environment = environment;
        this.binder = Binder.get(environment);
        this.configured = new ConfiguredKeys(environment);
    }

    /** Judges the timeouts of all clients and of each group. What is no duration is left to Spring Boot. */
    void check(Refusals refusals) {
        UniqueNames groups = new UniqueNames(SERVICE_CLIENTS, this.environment);
        Stream<String> prefixes =
                groups.withoutGhosts(groups.spellings()).stream().map(group -> SERVICE_CLIENTS + "." + group);
        Stream.concat(Stream.of(CLIENTS), prefixes)
                .flatMap(prefix -> Stream.of(prefix + ".connect-timeout", prefix + ".read-timeout"))
                .forEach(key -> {
                    Duration timeout = timeout(key);
                    refusals.check(() -> check(key, timeout));
                    if (timeout != null) {
                        warnOfBareNumber(key, timeout);
                    }
                });
    }

    /** {@return what is written as a timeout, {@code null} if nothing is, or no duration} */
    @Nullable
    Duration timeout(String key) {
        try {
            // Not of(key): a name that the user chose may have capitals.
            ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
            return this.binder.bind(name, Bindable.of(Duration.class)).orElse(null);
        } catch (BindException ex) {
            return null;
        }
    }

    private void warnOfBareNumber(String key, Duration timeout) {
        BareNumberCheck.suspect(this.configured.value(key).orElse(""), timeout)
                .ifPresent(number -> log.warn(
                        "'{}' is {}{}: a number without unit is milliseconds. If {}s are meant, write the unit; if not, write {}ms.",
                        key,
                        number,
                        this.configured.from(key),
                        number,
                        number));
    }

    /** @throws InvalidSettingException if the timeout is refused */
    static void check(String key, @Nullable Duration timeout) {
        if (timeout != null) {
            String violation = DefaultSettings.violation(timeout);
            new Setting<>(key, timeout)
                    .refuseIf(
                            violation != null,
                            String.valueOf(violation),
                            "Write at least 1ms, such as 2s, or 0 for no timeout.");
        }
    }
}

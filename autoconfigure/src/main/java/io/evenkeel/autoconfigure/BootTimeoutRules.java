// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.client.TimeoutRule;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.core.env.Environment;

/**
 * What Spring Boot's timeouts may be. Its keys stay its own, so only those values are refused that HttpClient cannot
 * keep; 0 means no timeout, as it does without Evenkeel.
 */
final class BootTimeoutRules {

    private static final String CLIENTS = "spring.http.clients";
    private static final String SERVICE_CLIENTS = "spring.http.serviceclient";

    private final Binder binder;

    BootTimeoutRules(Environment environment) {
        this.binder = Binder.get(environment);
    }

    /**
     * Checks the timeouts of all clients.
     *
     * @throws InvalidSettingException if one is refused
     */
    void check() {
        HttpClientProperties shared =
                this.binder.bind(CLIENTS, HttpClientProperties.class).orElse(null);
        if (shared != null) {
            check(CLIENTS, shared);
        }
        this.binder
                .bind(SERVICE_CLIENTS, Bindable.mapOf(String.class, HttpClientProperties.class))
                .orElse(Map.of())
                .forEach((group, client) -> check(SERVICE_CLIENTS + "." + group, client));
    }

    private static void check(String prefix, HttpClientProperties client) {
        check(prefix + ".connect-timeout", client.getConnectTimeout());
        check(prefix + ".read-timeout", client.getReadTimeout());
    }

    /** @throws InvalidSettingException if the timeout is refused */
    static void check(String key, @Nullable Duration timeout) {
        String reason = (timeout != null) ? TimeoutRule.violation(timeout) : null;
        if (timeout != null && reason != null) {
            throw new InvalidSettingException(
                    key, DurationText.of(timeout), reason, "Write at least 1ms, such as 2s, or 0 for no timeout.");
        }
    }
}

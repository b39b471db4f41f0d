// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;

/**
 * What applies where {@code spring.http.clients.*} is unset: connect in 2 s, read in 30 s, no cookies. A timeout of 0
 * means none, as it does without Evenkeel.
 */
public final class DefaultSettings {

    private static final HttpClientSettings DEFAULTS = HttpClientSettings.defaults()
            .withConnectTimeout(Duration.ofSeconds(2))
            .withReadTimeout(Duration.ofSeconds(30))
            .withCookieHandling(HttpCookieHandling.DISABLE);

    private DefaultSettings() {}

    /**
     * Fills in what is unset.
     *
     * @throws IllegalArgumentException if a timeout is negative, longer than HttpClient can count, or so short that it
     *     would be rounded to 0
     */
    public static HttpClientSettings fillIn(HttpClientSettings settings) {
        requireUsable("connectTimeout", settings.connectTimeout());
        requireUsable("readTimeout", settings.readTimeout());
        return settings.orElse(DEFAULTS);
    }

    static Duration connectTimeout(HttpClientSettings effective) {
        return Objects.requireNonNull(effective.connectTimeout());
    }

    static Duration readTimeout(HttpClientSettings effective) {
        return Objects.requireNonNull(effective.readTimeout());
    }

    private static void requireUsable(String name, @Nullable Duration timeout) {
        String reason = (timeout != null) ? TimeoutCheck.violation(timeout) : null;
        if (reason != null) {
            throw new IllegalArgumentException(
                    "'%s' of the HttpClientSettings must not be %s: %s".formatted(name, timeout, reason));
        }
    }
}

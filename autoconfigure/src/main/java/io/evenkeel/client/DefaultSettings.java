// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.time.Duration;
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

    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

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

    /** {@return why a timeout cannot be kept by HttpClient, {@code null} if it can} */
    public static @Nullable String violation(Duration timeout) {
        if (timeout.isNegative()) {
            return "a timeout cannot be negative";
        }
        if (!timeout.isZero() && timeout.compareTo(Duration.ofMillis(1)) < 0) {
            return "it is counted in milliseconds, so that it would be rounded to 0, which means no timeout at all";
        }
        return (timeout.compareTo(LONGEST) > 0)
                ? "it is counted in milliseconds of 32 bits, which end after 24 days"
                : null;
    }

    private static void requireUsable(String name, @Nullable Duration timeout) {
        String reason = (timeout != null) ? violation(timeout) : null;
        if (reason != null) {
            throw new IllegalArgumentException(
                    "'%s' of the HttpClientSettings must not be %s: %s".formatted(name, timeout, reason));
        }
    }
}

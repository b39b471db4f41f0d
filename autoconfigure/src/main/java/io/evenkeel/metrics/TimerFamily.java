// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.HandshakeResult;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;

/** The timers of a route: their names, and the tag that tells their results apart. */
enum TimerFamily {
    ACQUIRE(
            "evenkeel.connections.acquire",
            "Wait for a connection, without connecting",
            "result",
            AcquireResult.values(),
            true),
    CREATION(
            "evenkeel.connections.creation",
            "Opening of a connection, from name resolution to TLS",
            "result",
            CreationResult.values(),
            true),
    HANDSHAKE("evenkeel.tls.handshake", "TLS handshake", "result", HandshakeResult.values(), true),
    // Most of the reasons never occur on a route, so each gets its timer when it does.
    LIFETIME(
            "evenkeel.connections.lifetime",
            "Age of a connection when it was closed",
            "reason",
            CloseReason.values(),
            false);

    private final String meterName;

    private final String description;

    private final String tagKey;

    private final List<Enum<?>> results;

    private final boolean together;

    TimerFamily(String meterName, String description, String tagKey, Enum<?>[] results, boolean together) {
        this.meterName = meterName;
        this.description = description;
        this.tagKey = tagKey;
        this.results = List.of(results);
        this.together = together;
    }

    int size() {
        return this.results.size();
    }

    /**
     * {@return the results that get their timers when the given one occurs for the first time} Those that an alert is
     * likely to watch start at zero, because a rate does not see a counter that starts at one.
     */
    List<Enum<?>> appearingWith(Enum<?> result) {
        return this.together ? this.results : List.of(result);
    }

    Timer register(MeterRegistry registry, Tags tags, Enum<?> result) {
        return Timer.builder(this.meterName)
                .description(this.description)
                .tags(tags.and(this.tagKey, result.name().toLowerCase(Locale.ROOT)))
                .register(registry);
    }
}

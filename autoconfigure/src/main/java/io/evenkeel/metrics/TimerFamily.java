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
import java.util.function.Function;

/** The timers of a route: their names, and the tag that tells their results apart. */
enum TimerFamily {
    ACQUIRE(
            "evenkeel.connections.acquire",
            "Wait for a connection, without connecting",
            "result",
            AcquireResult.values()),
    CREATION(
            "evenkeel.connections.creation",
            "Opening of a connection, from name resolution to TLS",
            "result",
            CreationResult.values()),
    HANDSHAKE("evenkeel.tls.handshake", "TLS handshake", "result", HandshakeResult.values()),
    LIFETIME("evenkeel.connections.lifetime", "Age of a connection when it was closed", "reason", CloseReason.values());

    private final String meterName;

    private final String description;

    private final String tagKey;

    private final List<Enum<?>> results;

    TimerFamily(String meterName, String description, String tagKey, Enum<?>[] results) {
        this.meterName = meterName;
        this.description = description;
        this.tagKey = tagKey;
        this.results = List.of(results);
    }

    int size() {
        return this.results.size();
    }

    /** {@return what registers the timer of the result with this index} */
    Function<MeterRegistry, Timer> registration(Tags tags, int result) {
        String value = this.results.get(result).name().toLowerCase(Locale.ROOT);
        return Timer.builder(this.meterName).description(this.description).tags(tags.and(this.tagKey, value))::register;
    }
}

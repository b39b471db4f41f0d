// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.Refusals;
import org.springframework.util.unit.DataSize;

/** What the limits of responses may be. */
final class ResponseCheck {

    private static final int MOST_INTERIM = 1000;
    private static final int FEWEST_HEADERS = 10;
    private static final int MOST_HEADERS = 10_000;
    private static final DataSize SMALLEST_HEAD = DataSize.ofKilobytes(1);
    private static final DataSize LARGEST_HEAD = DataSize.ofMegabytes(10);

    private final ClientKeys keys;
    private final Refusals refusals;

    ResponseCheck(ClientKeys keys, Refusals refusals) {
        this.keys = keys;
        this.refusals = refusals;
    }

    /** Refuses a limit that would refuse ordinary responses, or none at all. */
    void check(EvenkeelProperties properties) {
        this.refusals.check(
                () -> checkHeaders(properties.maxResponseHeaders()),
                () -> checkHeadSize(properties.maxResponseHeadSize()),
                () -> checkInterim(properties.maxInterimResponses()));
    }

    private void checkInterim(int value) {
        setting("max-interim-responses", value)
                .atLeast(
                        0,
                        "a number of responses cannot be negative, and it does not mean 'without limit'",
                        "Write 0 to allow none, or leave it out for the default of 20.")
                .atMost(MOST_INTERIM, "no server sends so many interim responses, and the limit would protect nothing");
    }

    private void checkHeaders(int value) {
        setting("max-response-headers", value)
                .atLeast(
                        FEWEST_HEADERS,
                        (value <= 0)
                                ? "every response would be refused, and it does not mean 'without limit'"
                                : "ordinary responses have more header lines than that",
                        "Write at least %d, or leave it out for the default of 100.".formatted(FEWEST_HEADERS))
                .atMost(MOST_HEADERS, "no server sends so many header lines, and the limit would protect nothing");
    }

    private void checkHeadSize(DataSize value) {
        setting("max-response-head-size", value)
                .atLeast(
                        DataSize.ofBytes(1),
                        "every response would be refused, and it does not mean 'without limit'",
                        "Write at least 1KB, or leave it out for the default of 64KB.")
                .atLeast(
                        SMALLEST_HEAD,
                        "ordinary response heads are larger, and a number without unit is bytes",
                        "Did you mean %dKB? Otherwise write at least 1KB.".formatted(value.toBytes()))
                .atMost(
                        LARGEST_HEAD,
                        "a head is held in memory as a whole, and the limit would protect nothing",
                        "Write at most 10MB.");
    }

    private <T extends Comparable<T>> Setting<T> setting(String key, T value) {
        return new Setting<>(this.keys.inForce(key), value);
    }
}

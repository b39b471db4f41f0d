// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.DurationText;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.policy.HeaderSyntax;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.autoconfigure.ApiversionProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/** What the settings of a client may be, together with those that it has from all clients. */
final class ClientCheck {

    private static final Duration SHORTEST_CALL = Duration.ofMillis(100);
    private static final Duration LONGEST_CALL = Duration.ofHours(24);
    private static final Duration SHORTEST_WRITE = Duration.ofMillis(100);
    private static final Duration LONGEST_WRITE = Duration.ofHours(1);
    private static final int MOST_INTERIM = 1000;
    private static final int FEWEST_HEADERS = 10;
    private static final int MOST_HEADERS = 10_000;
    private static final DataSize SMALLEST_HEAD = DataSize.ofKilobytes(1);
    private static final DataSize LARGEST_HEAD = DataSize.ofMegabytes(10);
    private static final DataSize SMALLEST_CONTENT = DataSize.ofKilobytes(1);
    private static final int SMALLEST_RATIO = 10;

    private final ClientKeys keys;
    private final Refusals refusals;

    ClientCheck(ClientKeys keys, Refusals refusals) {
        this.keys = keys;
        this.refusals = refusals;
    }

    /** Judges what Evenkeel needs to carry the client. */
    void check(EvenkeelProperties properties) {
        new PoolCheck(properties.pool(), this.keys, this.refusals).check();
        this.refusals.check(
                () -> IdempotencyHeaderCheck.check(
                        this.keys.inForce("idempotency-header"), properties.idempotencyHeader()),
                () -> checkCallTimeout(properties.callTimeout()),
                () -> checkWriteTimeout(properties.writeTimeout()),
                () -> checkHeaders(properties.maxResponseHeaders()),
                () -> checkHeadSize(properties.maxResponseHeadSize()),
                () -> checkSize(properties.maxResponseSize()),
                () -> checkRatio(properties.maxDecompressionRatio()),
                () -> checkInterim(properties.maxInterimResponses()));
        new DeadlineCheck(properties.deadline(), this.keys).check(this.refusals);
        new ProxyCheck(properties.proxy(), this.keys).check(this.refusals);
    }

    private void checkCallTimeout(Duration value) {
        setting("call-timeout", value)
                .atLeast(
                        Duration.ZERO,
                        "a time cannot be negative",
                        "Write at least %s, such as 30s, or 0 for none.".formatted(DurationText.of(SHORTEST_CALL)))
                .refuseIf(
                        !value.isZero() && value.compareTo(SHORTEST_CALL) < 0,
                        "hardly any call could end within it, and a number without unit is milliseconds",
                        "Write at least %s, such as 30s, or 0 for none.".formatted(DurationText.of(SHORTEST_CALL)))
                .atMost(LONGEST_CALL, "no caller waits that long", "Write at most 24h, or 0 for none.");
    }

    private void checkWriteTimeout(Duration value) {
        String remedy = "Write at least %s, such as 30s, or 0 for none.".formatted(DurationText.of(SHORTEST_WRITE));
        setting("write-timeout", value)
                .atLeast(Duration.ZERO, "a time cannot be negative", remedy)
                .refuseIf(
                        !value.isZero() && value.compareTo(SHORTEST_WRITE) < 0,
                        "ordinary pauses of a network would end uploads, and a number without unit is milliseconds",
                        remedy)
                .atMost(
                        LONGEST_WRITE,
                        "it is the time in which a server takes nothing at all, not that of an upload",
                        "Write at most 1h, or 0 for none.");
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

    private void checkSize(@Nullable DataSize value) {
        if (value == null) {
            return;
        }
        setting("max-response-size", value)
                .atLeast(
                        DataSize.ofBytes(1),
                        "every response with content would be refused, and it does not mean 'without limit'",
                        "Write at least 1KB, or remove it for no limit.")
                .atLeast(
                        SMALLEST_CONTENT,
                        "ordinary responses are larger, and a number without unit is bytes",
                        "Did you mean %dMB? Otherwise write at least 1KB.".formatted(value.toBytes()));
    }

    private void checkRatio(int value) {
        setting("max-decompression-ratio", value)
                .atLeast(
                        0,
                        "a ratio cannot be negative",
                        "Write 0 for no limit, or leave it out for the default of 250.")
                .refuseIf(
                        value != 0 && value < SMALLEST_RATIO,
                        "ordinary text is compressed better than that",
                        "Write at least %d, or 0 for no limit, or leave it out for the default of 250."
                                .formatted(SMALLEST_RATIO));
    }

    private void checkInterim(int value) {
        setting("max-interim-responses", value)
                .atLeast(
                        0,
                        "a number of responses cannot be negative, and it does not mean 'without limit'",
                        "Write 0 to allow none, or leave it out for the default of 20.")
                .atMost(MOST_INTERIM, "no server sends so many interim responses, and the limit would protect nothing");
    }

    /** Judges what Spring Boot has for a client too. */
    void check(HttpClientProperties http) {
        ApiversionProperties.Insert insert = http.getApiversion().getInsert();
        this.refusals.check(
                () -> BootTimeoutCheck.check(this.keys.inForce("connect-timeout"), http.getConnectTimeout()),
                () -> BootTimeoutCheck.check(this.keys.inForce("read-timeout"), http.getReadTimeout()),
                () -> BaseUrlCheck.check(this.keys.inForce("base-url"), http.getBaseUrl()),
                () -> checkVersionHeader(insert.getHeader()),
                () -> checkVersionSegment(insert.getPathSegment()),
                () -> checkBundle(http.getSsl().getBundle()));
        http.getDefaultHeader().forEach((header, values) -> {
            String key = this.keys.inForce("default-header." + header);
            values.forEach(value -> this.refusals.check(() -> DefaultHeaderCheck.check(key, header, value)));
        });
    }

    private void checkVersionHeader(@Nullable String name) {
        if (StringUtils.hasLength(name)) {
            String violation = HeaderSyntax.nameViolation(name);
            setting("apiversion.insert.header", name)
                    .refuseIf(
                            violation != null,
                            "the name " + violation,
                            "Write the name of a header, such as X-API-Version.");
        }
    }

    private void checkVersionSegment(@Nullable Integer index) {
        if (index != null) {
            setting("apiversion.insert.path-segment", index)
                    .atLeast(0, "it cannot be negative", "Write 0 for the first segment of the path.");
        }
    }

    private void checkBundle(@Nullable String bundle) {
        setting("ssl.bundle", "empty")
                .refuseIf(
                        bundle != null && bundle.isBlank(),
                        "it names no bundle",
                        "Write the name of one below 'spring.ssl.bundle', or remove it.");
    }

    private <T extends Comparable<T>> Setting<T> setting(String key, T value) {
        return new Setting<>(this.keys.inForce(key), value);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.DurationText;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Retry;
import io.evenkeel.autoconfigure.properties.KnownKeys;
import io.evenkeel.autoconfigure.properties.Refusals;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the keys under {@code evenkeel.retry} may be. What sends many requests, or sends them soon, feeds a storm. */
final class RetryCheck {

    private static final String SECTION = "retry.";
    private static final String ENABLED = "retry.enabled";
    private static final String MAX_RETRIES = "retry.max-retries";
    private static final String STATUSES = "retry.statuses";
    private static final String DELAY = "retry.delay";
    private static final String MAX_DELAY = "retry.max-delay";
    private static final String MAX_RETRY_AFTER = "retry.max-retry-after";
    private static final String ATTEMPT_TIMEOUT = "retry.attempt-timeout";
    private static final String BURST = "retry.budget.burst";
    private static final String RATIO = "retry.budget.ratio";
    private static final String CALL_TIMEOUT = "call-timeout";
    private static final String READ_TIMEOUT = "read-timeout";

    private static final int MOST_RETRIES = 10;
    private static final int LARGEST_BURST = 1000;
    private static final double LARGEST_RATIO = 1;
    private static final Duration SHORTEST_DELAY = Duration.ofMillis(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);
    private static final Duration LONGEST_MAX_DELAY = Duration.ofMinutes(5);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
    private static final Duration SHORTEST_ATTEMPT = Duration.ofMillis(10);
    private static final Duration LONGEST_ATTEMPT = Duration.ofHours(1);

    /** A request without the right credentials does not get them by being sent again. */
    private static final Set<Integer> OF_AUTHENTICATION = Set.of(401, 407, 511);

    /** The request itself is wrong (RFC 9110, sections 15.5 and 15.6; RFC 6585; RFC 7725), whenever it comes. */
    private static final Set<Integer> OF_THE_REQUEST =
            Set.of(400, 402, 403, 404, 405, 406, 410, 411, 412, 413, 414, 415, 416, 417, 422, 426, 428, 431, 451, 501, 505);

    private final Retry retry;
    private final Duration callTimeout;
    private final ClientKeys keys;
    private final Refusals refusals;

    RetryCheck(EvenkeelProperties properties, ClientKeys keys, Refusals refusals) {
        this.retry = properties.retry();
        this.callTimeout = properties.callTimeout();
        this.keys = keys;
        this.refusals = refusals;
    }

    /** {@return whether it is written somewhere whether the client sends requests again} */
    static boolean isDecided(ClientKeys keys) {
        return keys.isSet(ENABLED);
    }

    /** @param readTimeout that is written somewhere, if any is */
    void check(@Nullable Duration readTimeout) {
        this.refusals.check(
                this::checkMaxRetries,
                this::checkStatuses,
                () -> checkDelay(DELAY, this.retry.delay(), LONGEST_DELAY),
                () -> checkDelay(MAX_DELAY, this.retry.maxDelay(), LONGEST_MAX_DELAY),
                this::checkMaxRetryAfter,
                this::checkAttemptTimeout,
                this::checkBurst,
                this::checkRatio);
        atMost(DELAY, this.retry.delay(), MAX_DELAY, this.retry.maxDelay(), "ends the wait earlier");
        if (readTimeout != null) {
            checkAttemptWithin(READ_TIMEOUT, readTimeout);
        }
        checkAttemptWithin(CALL_TIMEOUT, this.callTimeout);
        if (this.retry.enabled() && isLimit(this.callTimeout)) {
            checkTogether(this::checkCallTimeout, DELAY, CALL_TIMEOUT);
        }
    }

    /**
     * Refuses what is written for retries that nobody has switched on. Who has switched them off has decided, and may keep
     * the rest for the day on which they are switched on again.
     */
    void refuseAll() {
        KnownKeys.of("clients").stream()
                .filter(key -> key.startsWith(SECTION) && !key.equals(ENABLED))
                .forEach(key -> this.refusals.check(() -> refuseIfOwn(key)));
    }

    private void refuseIfOwn(String key) {
        Optional<String> ofFirstElement = this.keys.ownValue(key + "[0]");
        String written = ofFirstElement.isPresent() ? key + "[0]" : key;
        ofFirstElement.or(() -> this.keys.ownValue(key)).ifPresent(value -> {
            throw new Setting<>(this.keys.own(written), value)
                    .refuse(
                            "it is without effect, because no request is sent again",
                            "Write '%s: true', too, or remove it.".formatted(this.keys.own(ENABLED)));
        });
    }

    private void checkMaxRetries() {
        setting(MAX_RETRIES, this.retry.maxRetries())
                .atLeast(1, "no request could be sent again", remedyOfNone())
                .atMost(MOST_RETRIES, "so many requests for one call feed a storm");
    }

    private void checkStatuses() {
        List<@Nullable Integer> statuses = this.retry.statuses();
        for (int i = 0; i < statuses.size(); i++) {
            @Nullable Integer status = statuses.get(i);
            String ofElement = "%s[%d]".formatted(STATUSES, i);
            boolean single = this.keys.isSet(ofElement);
            checkStatus(
                    status,
                    new Setting<>(
                            this.keys.inForce(single ? ofElement : STATUSES),
                            text(single ? Stream.of(status) : statuses.stream())));
        }
    }

    private static String text(Stream<@Nullable Integer> statuses) {
        return statuses.map(status -> Objects.toString(status, "")).collect(Collectors.joining(","));
    }

    private static void checkStatus(@Nullable Integer status, Setting<String> setting) {
        if (status == null) {
            throw setting.refuse("it has an element without a number", "Remove that, or its comma.");
        }
        String remedy = "Remove it, and write those of an overload or a passing failure, such as 429, 502, 503, 504.";
        setting.refuseIf(status < 400 || status > 599, "%d is no status of a failure".formatted(status), remedy)
                .refuseIf(
                        OF_AUTHENTICATION.contains(status),
                        "%d asks for credentials, and the same request has none the next time either".formatted(status),
                        remedy)
                .refuseIf(
                        OF_THE_REQUEST.contains(status),
                        "%d is about the request itself, which would be answered the same again".formatted(status),
                        remedy);
    }

    private void checkDelay(String key, Duration delay, Duration longest) {
        setting(key, delay)
                .atLeast(Duration.ZERO, "a duration cannot be negative", "Write at least 1ms, such as 100ms.")
                .atLeast(
                        SHORTEST_DELAY,
                        "a request that is sent again at once feeds a storm",
                        "Write at least 1ms, such as 100ms.")
                .atMost(longest, "hardly any caller waits that long for another attempt");
    }

    private void checkMaxRetryAfter() {
        setting(MAX_RETRY_AFTER, this.retry.maxRetryAfter())
                .atLeast(
                        Duration.ZERO,
                        "a duration cannot be negative",
                        "Write such as 10s, or 0 to never wait as the server asks.")
                .atMost(LONGEST_RETRY_AFTER, "no caller waits that long");
    }

    private void checkAttemptTimeout() {
        Duration value = this.retry.attemptTimeout();
        String remedy = "Write at least %s, such as 2s, or 0 for the read timeout."
                .formatted(DurationText.of(SHORTEST_ATTEMPT));
        setting(ATTEMPT_TIMEOUT, value)
                .atLeast(Duration.ZERO, "a duration cannot be negative", remedy)
                .refuseIf(
                        !value.isZero() && value.compareTo(SHORTEST_ATTEMPT) < 0,
                        "hardly any response could begin within it",
                        remedy)
                .atMost(LONGEST_ATTEMPT, "no caller waits that long", "Write at most 1h, or 0 for the read timeout.");
    }

    private void checkBurst() {
        setting(BURST, this.retry.budget().burst())
                .atLeast(1, "every retry would be refused", remedyOfNone())
                .atMost(LARGEST_BURST, "so many retries without any success feed a storm");
    }

    private void checkRatio() {
        double value = this.retry.budget().ratio();
        setting(RATIO, value)
                .refuseIf(Double.isNaN(value), "it is no number", "Write at most 1, such as 0.1.")
                .refuseIf(
                        value <= 0,
                        "every retry would be refused once the burst is spent",
                        "To send no request again, write '%s: false'; otherwise write such as 0.1."
                                .formatted(this.keys.own(ENABLED)))
                .atMost(LARGEST_RATIO, "more retries than successes feed a storm", "Write at most 1, such as 0.1.");
    }

    private String remedyOfNone() {
        return "To send no request again, write '%s: false'; otherwise write at least 1."
                .formatted(this.keys.own(ENABLED));
    }

    private void checkAttemptWithin(String boundKey, Duration bound) {
        if (isLimit(bound)) {
            atMost(ATTEMPT_TIMEOUT, this.retry.attemptTimeout(), boundKey, bound, "ends the attempt earlier");
        }
    }

    private void atMost(String key, Duration value, String boundKey, Duration bound, String effect) {
        if (!this.keys.isOwn(key)) {
            return;
        }
        // The read timeout of all clients is a key of Spring Boot, so there is no own one to raise.
        String raised = this.keys.isSet(boundKey) ? this.keys.inForce(boundKey) : this.keys.own(boundKey);
        checkTogether(
                () -> setting(key, value)
                        .atMost(
                                bound,
                                "'%s' (%s) %s".formatted(this.keys.inForce(boundKey), DurationText.of(bound), effect),
                                "Lower it to at most %s, or raise '%s' to at least %s."
                                        .formatted(DurationText.of(bound), raised, DurationText.of(value))),
                key,
                boundKey);
    }

    private void checkCallTimeout() {
        Duration delay = this.retry.delay();
        // No wait is longer than the shorter of the two.
        boolean late =
                delay.compareTo(this.callTimeout) >= 0 && this.retry.maxDelay().compareTo(this.callTimeout) >= 0;
        setting(DELAY, delay)
                .refuseIf(
                        late,
                        "'%s' (%s) ends the call by then, so that hardly any retry could begin"
                                .formatted(this.keys.inForce(CALL_TIMEOUT), DurationText.of(this.callTimeout)),
                        "Lower it, raise '%s' well above %s, or write '%s: false'."
                                .formatted(
                                        this.keys.own(CALL_TIMEOUT), DurationText.of(delay), this.keys.own(ENABLED)));
    }

    private static boolean isLimit(Duration timeout) {
        return !timeout.isZero() && !timeout.isNegative();
    }

    private void checkTogether(Runnable check, String... involved) {
        this.refusals.checkTogether(Stream.of(involved).map(this.keys::inForce).toList(), check);
    }

    private <T extends Comparable<T>> Setting<T> setting(String key, T value) {
        return new Setting<>(this.keys.inForce(key), value);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.EvenkeelProperties.Pool;
import java.time.Duration;
import java.util.List;

/** What the keys under {@code evenkeel.pool} may be. */
final class PoolRules {

    private static final String PREFIX = "evenkeel.pool.";
    private static final Duration SHORTEST_LINGER = Duration.ofMillis(10);
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Duration LONGEST_AGE = Duration.ofHours(24);
    private static final List<String> ONLY_FOR_KEPT_CONNECTIONS = List.of(
            "overflow-linger", "max-idle", "idle-timeout", "max-idle-timeout", "learn-idle-timeout", "max-lifetime");

    private final Pool pool;
    private final ConfiguredKeys configured;

    PoolRules(Pool pool, ConfiguredKeys configured) {
        this.pool = pool;
        this.configured = configured;
    }

    void check() {
        checkSizes();
        checkDurations();
        checkOrder();
        checkDead();
    }

    private void checkSizes() {
        int maxSize = this.pool.maxSize();
        int maxOverflow = this.pool.maxOverflow();
        if (maxSize < 0) {
            throw refuse(
                    "max-size",
                    maxSize,
                    "a number of connections cannot be negative",
                    "Write 0 to keep none, or leave it out for the default of 1.");
        }
        if (maxOverflow < 0) {
            throw refuse(
                    "max-overflow",
                    maxOverflow,
                    "a number of connections cannot be negative",
                    "Write 0 for a strict pool, or leave it out for the default of 99.");
        }
        if (maxSize == 0 && maxOverflow == 0) {
            throw refuse(
                    "max-overflow",
                    maxOverflow,
                    "'evenkeel.pool.max-size' is 0 too, so no connection could be opened",
                    "Make one of the two at least 1.");
        }
        if (maxSize > Integer.MAX_VALUE - maxOverflow) {
            throw refuse(
                    "max-overflow",
                    maxOverflow,
                    "together with 'evenkeel.pool.max-size' (%d) it is more than can be counted".formatted(maxSize),
                    "Write the number of connections that a server can really take, such as 1000.");
        }
        if (this.pool.maxIdle() < 1) {
            throw refuse(
                    "max-idle",
                    this.pool.maxIdle(),
                    "no connection could be kept for any route",
                    "Write at least 1; to keep no connection, write 'evenkeel.pool.max-size: 0'.");
        }
        if (this.pool.maxIdle() < maxSize) {
            throw refuse(
                    "max-size",
                    maxSize,
                    "'evenkeel.pool.max-idle' allows for %d idle connections over all routes, so that many could never be kept"
                            .formatted(this.pool.maxIdle()),
                    "Raise 'evenkeel.pool.max-idle' to at least %d, or lower 'evenkeel.pool.max-size'."
                            .formatted(maxSize));
        }
    }

    private void checkDurations() {
        Duration linger = this.pool.overflowLinger();
        if (!linger.isZero()) {
            checkRange("overflow-linger", linger, SHORTEST_LINGER, LONGEST_AGE);
        }
        checkRange("acquire-timeout", this.pool.acquireTimeout(), SHORTEST, LONGEST_WAIT);
        checkRange("idle-timeout", this.pool.idleTimeout(), SHORTEST, LONGEST_AGE);
        checkRange("max-idle-timeout", this.pool.maxIdleTimeout(), SHORTEST, LONGEST_AGE);
        checkRange("max-lifetime", this.pool.maxLifetime(), SHORTEST, LONGEST_AGE);
    }

    private static void checkRange(String key, Duration value, Duration shortest, Duration longest) {
        if (value.isNegative()) {
            throw refuse(
                    key,
                    value,
                    "a duration cannot be negative",
                    "Write at least %s.".formatted(DurationText.of(shortest)));
        }
        if (value.isZero()) {
            throw refuse(key, value, zeroReason(key), zeroRemedy(key, shortest));
        }
        if (value.compareTo(shortest) < 0) {
            throw refuse(
                    key,
                    value,
                    "less than %s is too short to be meant, and a number without unit is milliseconds"
                            .formatted(DurationText.of(shortest)),
                    "Did you mean %ds? Otherwise write at least %s."
                            .formatted(Math.max(1, value.toMillis()), DurationText.of(shortest)));
        }
        if (value.compareTo(longest) > 0) {
            throw refuse(
                    key,
                    value,
                    key.equals("acquire-timeout")
                            ? "callers would be stuck for longer than anyone waits for an answer"
                            : "no server, proxy or firewall keeps a connection for that long",
                    "Write at most %s.".formatted(DurationText.of(longest)));
        }
    }

    private static String zeroReason(String key) {
        return key.equals("acquire-timeout")
                ? "a call would fail as soon as all connections are in use, and 0 does not mean 'for ever'"
                : "no connection could ever be used again, and 0 does not mean 'for ever'";
    }

    private static String zeroRemedy(String key, Duration shortest) {
        return key.equals("acquire-timeout")
                ? "Write at least %s.".formatted(DurationText.of(shortest))
                : "Write at least %s; to keep no connection, write 'evenkeel.pool.max-size: 0'."
                        .formatted(DurationText.of(shortest));
    }

    private void checkOrder() {
        atMost("idle-timeout", this.pool.idleTimeout(), "max-idle-timeout", this.pool.maxIdleTimeout());
        atMost("idle-timeout", this.pool.idleTimeout(), "max-lifetime", this.pool.maxLifetime());
        atMost("max-idle-timeout", this.pool.maxIdleTimeout(), "max-lifetime", this.pool.maxLifetime());
        atMost("overflow-linger", this.pool.overflowLinger(), "idle-timeout", this.pool.idleTimeout());
    }

    private void atMost(String key, Duration value, String boundKey, Duration bound) {
        if (value.compareTo(bound) > 0 && this.configured.isSet(PREFIX + key)) {
            throw refuse(
                    key,
                    value,
                    "'%s%s' (%s) ends the connection earlier".formatted(PREFIX, boundKey, DurationText.of(bound)),
                    "Lower it to at most %s, or raise '%s%s' to at least %s."
                            .formatted(DurationText.of(bound), PREFIX, boundKey, DurationText.of(value)));
        }
    }

    private void checkDead() {
        if (this.pool.maxSize() == 0) {
            ONLY_FOR_KEPT_CONNECTIONS.forEach(key -> refuseIfSet(
                    key,
                    "it is without effect, because 'evenkeel.pool.max-size: 0' closes each connection when it is returned",
                    "Remove it, or make 'evenkeel.pool.max-size' at least 1."));
        }
        if (this.pool.maxOverflow() == 0 && !this.pool.overflowLinger().isZero()) {
            refuseIfSet(
                    "overflow-linger",
                    "it is without effect, because 'evenkeel.pool.max-overflow: 0' lets no connection above max-size be opened",
                    "Remove it, or make 'evenkeel.pool.max-overflow' at least 1.");
        }
    }

    private void refuseIfSet(String key, String reason, String remedy) {
        this.configured.rawValue(PREFIX + key).ifPresent(value -> {
            throw new InvalidSettingException(PREFIX + key, value, reason, remedy);
        });
    }

    private static InvalidSettingException refuse(String key, int value, String reason, String remedy) {
        return new InvalidSettingException(PREFIX + key, Integer.toString(value), reason, remedy);
    }

    private static InvalidSettingException refuse(String key, Duration value, String reason, String remedy) {
        return new InvalidSettingException(PREFIX + key, DurationText.of(value), reason, remedy);
    }
}

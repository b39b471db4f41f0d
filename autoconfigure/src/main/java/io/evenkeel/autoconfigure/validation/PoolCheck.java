// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.DurationText;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Pool;
import io.evenkeel.autoconfigure.properties.Refusals;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the keys under {@code evenkeel.pool} may be. */
final class PoolCheck {

    private static final String MAX_SIZE = "pool.max-size";
    private static final String MAX_OVERFLOW = "pool.max-overflow";
    private static final String MAX_IDLE = "pool.max-idle";
    private static final String OVERFLOW_LINGER = "pool.overflow-linger";
    private static final String ACQUIRE_TIMEOUT = "pool.acquire-timeout";
    private static final String IDLE_TIMEOUT = "pool.idle-timeout";
    private static final String MAX_IDLE_TIMEOUT = "pool.max-idle-timeout";
    private static final String MAX_LIFETIME = "pool.max-lifetime";

    private static final Duration SHORTEST_LINGER = Duration.ofMillis(10);
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Duration LONGEST_AGE = Duration.ofHours(24);
    private static final List<String> ONLY_FOR_KEPT_CONNECTIONS =
            List.of(OVERFLOW_LINGER, MAX_IDLE, IDLE_TIMEOUT, MAX_IDLE_TIMEOUT, "pool.learn-idle-timeout", MAX_LIFETIME);

    private final Pool pool;
    private final ClientKeys keys;
    private final Refusals refusals;

    PoolCheck(Pool pool, ClientKeys keys, Refusals refusals) {
        this.pool = pool;
        this.keys = keys;
        this.refusals = refusals;
    }

    void check() {
        this.refusals.check(
                () -> setting(MAX_SIZE, this.pool.maxSize())
                        .atLeast(
                                0,
                                "a number of connections cannot be negative",
                                "Write 0 to keep none, or leave it out for the default of 1."),
                () -> setting(MAX_OVERFLOW, this.pool.maxOverflow())
                        .atLeast(
                                0,
                                "a number of connections cannot be negative",
                                "Write 0 for a strict pool, or leave it out for the default of 99."),
                () -> setting(MAX_IDLE, this.pool.maxIdle())
                        .atLeast(
                                1,
                                "no connection could be kept for any route",
                                "Write at least 1; to keep no connection, write '%s: 0'."
                                        .formatted(this.keys.own(MAX_SIZE))),
                this::checkOverflowLinger,
                this::checkAcquireTimeout,
                () -> checkAge(IDLE_TIMEOUT, this.pool.idleTimeout()),
                () -> checkAge(MAX_IDLE_TIMEOUT, this.pool.maxIdleTimeout()),
                () -> checkAge(MAX_LIFETIME, this.pool.maxLifetime()));
        checkTogether(this::checkOpenConnections, MAX_SIZE, MAX_OVERFLOW);
        checkTogether(this::checkKeptConnections, MAX_SIZE, MAX_IDLE);
        checkOrder();
        checkDead();
    }

    private void checkOpenConnections() {
        int maxSize = this.pool.maxSize();
        setting(MAX_OVERFLOW, this.pool.maxOverflow())
                .refuseIf(
                        maxSize == 0 && this.pool.maxOverflow() == 0,
                        "'%s' is 0 too, so no connection could be opened".formatted(this.keys.inForce(MAX_SIZE)),
                        "Make one of the two at least 1.")
                .atMost(
                        Integer.MAX_VALUE - maxSize,
                        "together with '%s' (%d) it is more than can be counted"
                                .formatted(this.keys.inForce(MAX_SIZE), maxSize),
                        "Write the number of connections that a server can really take, such as 1000.");
    }

    private void checkKeptConnections() {
        setting(MAX_SIZE, this.pool.maxSize())
                .atMost(
                        this.pool.maxIdle(),
                        "'%s' allows for %d idle connections over all routes, so that many could never be kept"
                                .formatted(this.keys.inForce(MAX_IDLE), this.pool.maxIdle()),
                        "Raise '%s' to at least %d, or lower '%s'."
                                .formatted(this.keys.own(MAX_IDLE), this.pool.maxSize(), this.keys.own(MAX_SIZE)));
    }

    private void checkOverflowLinger() {
        if (!this.pool.overflowLinger().isZero()) {
            checkAge(setting(OVERFLOW_LINGER, this.pool.overflowLinger()), SHORTEST_LINGER);
        }
    }

    private void checkAcquireTimeout() {
        if (!this.pool.acquireTimeout().isZero()) {
            checkNotShort(setting(ACQUIRE_TIMEOUT, this.pool.acquireTimeout()), SHORTEST)
                    .atMost(LONGEST_WAIT, "callers would be stuck for longer than anyone waits for a response");
        }
    }

    private void checkAge(String key, Duration age) {
        checkAge(
                refuseZero(
                        setting(key, age),
                        "no connection could ever be used again",
                        "; to keep no connection, write '%s: 0'".formatted(this.keys.own(MAX_SIZE))),
                SHORTEST);
    }

    private static void checkAge(Setting<Duration> age, Duration shortest) {
        checkNotShort(age, shortest)
                .atMost(LONGEST_AGE, "no server, proxy or firewall keeps a connection for that long");
    }

    private static Setting<Duration> refuseZero(Setting<Duration> setting, String reason, String otherRemedy) {
        return setting.refuseIf(
                setting.value().isZero(),
                reason + ", and 0 does not mean 'for ever'",
                "Write at least %s%s.".formatted(DurationText.of(SHORTEST), otherRemedy));
    }

    private static Setting<Duration> checkNotShort(Setting<Duration> setting, Duration shortest) {
        return setting.atLeast(
                shortest,
                setting.value().isNegative() ? "a duration cannot be negative" : "it is too short to be meant",
                "Write at least %s.".formatted(DurationText.of(shortest)));
    }

    private void checkOrder() {
        atMost(IDLE_TIMEOUT, this.pool.idleTimeout(), MAX_IDLE_TIMEOUT, this.pool.maxIdleTimeout());
        atMost(IDLE_TIMEOUT, this.pool.idleTimeout(), MAX_LIFETIME, this.pool.maxLifetime());
        atMost(MAX_IDLE_TIMEOUT, this.pool.maxIdleTimeout(), MAX_LIFETIME, this.pool.maxLifetime());
        atMost(OVERFLOW_LINGER, this.pool.overflowLinger(), IDLE_TIMEOUT, this.pool.idleTimeout());
    }

    private void atMost(String key, Duration value, String boundKey, Duration bound) {
        if (!this.keys.isOwn(key)) {
            return;
        }
        checkTogether(
                () -> setting(key, value)
                        .atMost(
                                bound,
                                "'%s' (%s) ends the connection earlier"
                                        .formatted(this.keys.inForce(boundKey), DurationText.of(bound)),
                                "Lower it to at most %s, or raise '%s' to at least %s."
                                        .formatted(
                                                DurationText.of(bound),
                                                this.keys.own(boundKey),
                                                DurationText.of(value))),
                key,
                boundKey);
    }

    private void checkDead() {
        if (this.pool.maxSize() == 0) {
            ONLY_FOR_KEPT_CONNECTIONS.forEach(
                    key -> refuseIfOwn(key, MAX_SIZE, "closes each connection when it is returned"));
        }
        if (this.pool.maxOverflow() == 0 && !this.pool.overflowLinger().isZero()) {
            refuseIfOwn(OVERFLOW_LINGER, MAX_OVERFLOW, "lets no connection above max-size be opened");
        }
    }

    private void refuseIfOwn(String key, String cause, String because) {
        checkTogether(
                () -> this.keys.ownValue(key).ifPresent(value -> {
                    throw new Setting<>(this.keys.own(key), value)
                            .refuse(
                                    "it is without effect, because '%s: 0' %s"
                                            .formatted(this.keys.inForce(cause), because),
                                    "Remove it, or make '%s' at least 1.".formatted(this.keys.own(cause)));
                }),
                key,
                cause);
    }

    private void checkTogether(Runnable check, String... involved) {
        this.refusals.checkTogether(Stream.of(involved).map(this.keys::inForce).toList(), check);
    }

    private <T extends Comparable<T>> Setting<T> setting(String key, T value) {
        return new Setting<>(this.keys.inForce(key), value);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.EvenkeelProperties.Pool;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the keys under {@code evenkeel.pool} may be. */
final class PoolRules {

    private static final String MAX_SIZE = "max-size";
    private static final String MAX_OVERFLOW = "max-overflow";
    private static final String MAX_IDLE = "max-idle";
    private static final String OVERFLOW_LINGER = "overflow-linger";
    private static final String ACQUIRE_TIMEOUT = "acquire-timeout";
    private static final String IDLE_TIMEOUT = "idle-timeout";
    private static final String MAX_IDLE_TIMEOUT = "max-idle-timeout";
    private static final String MAX_LIFETIME = "max-lifetime";

    private static final Duration SHORTEST_LINGER = Duration.ofMillis(10);
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Duration LONGEST_AGE = Duration.ofHours(24);
    private static final List<String> ONLY_FOR_KEPT_CONNECTIONS =
            List.of(OVERFLOW_LINGER, MAX_IDLE, IDLE_TIMEOUT, MAX_IDLE_TIMEOUT, "learn-idle-timeout", MAX_LIFETIME);

    private final Pool pool;
    private final ClientKeys keys;
    private final Refusals refusals;

    PoolRules(Pool pool, ClientKeys keys, Refusals refusals) {
        this.pool = pool;
        this.keys = keys;
        this.refusals = refusals;
    }

    void check() {
        this.refusals.check(this::checkMaxSize, this::checkMaxOverflow, this::checkMaxIdle, this::checkOverflowLinger);
        checkDuration(ACQUIRE_TIMEOUT, this.pool.acquireTimeout(), LONGEST_WAIT);
        checkDuration(IDLE_TIMEOUT, this.pool.idleTimeout(), LONGEST_AGE);
        checkDuration(MAX_IDLE_TIMEOUT, this.pool.maxIdleTimeout(), LONGEST_AGE);
        checkDuration(MAX_LIFETIME, this.pool.maxLifetime(), LONGEST_AGE);
        checkTogether(this::checkOpenConnections, MAX_SIZE, MAX_OVERFLOW);
        checkTogether(this::checkKeptConnections, MAX_SIZE, MAX_IDLE);
        checkOrder();
        checkDead();
    }

    private void checkMaxSize() {
        if (this.pool.maxSize() < 0) {
            throw refuse(
                    MAX_SIZE,
                    this.pool.maxSize(),
                    "a number of connections cannot be negative",
                    "Write 0 to keep none, or leave it out for the default of 1.");
        }
    }

    private void checkMaxOverflow() {
        if (this.pool.maxOverflow() < 0) {
            throw refuse(
                    MAX_OVERFLOW,
                    this.pool.maxOverflow(),
                    "a number of connections cannot be negative",
                    "Write 0 for a strict pool, or leave it out for the default of 99.");
        }
    }

    private void checkMaxIdle() {
        if (this.pool.maxIdle() < 1) {
            throw refuse(
                    MAX_IDLE,
                    this.pool.maxIdle(),
                    "no connection could be kept for any route",
                    "Write at least 1; to keep no connection, write '%s: 0'.".formatted(own(MAX_SIZE)));
        }
    }

    private void checkOpenConnections() {
        int maxSize = this.pool.maxSize();
        int maxOverflow = this.pool.maxOverflow();
        if (maxSize == 0 && maxOverflow == 0) {
            throw refuse(
                    MAX_OVERFLOW,
                    maxOverflow,
                    "'%s' is 0 too, so no connection could be opened".formatted(inForce(MAX_SIZE)),
                    "Make one of the two at least 1.");
        }
        if (maxSize > Integer.MAX_VALUE - maxOverflow) {
            throw refuse(
                    MAX_OVERFLOW,
                    maxOverflow,
                    "together with '%s' (%d) it is more than can be counted".formatted(inForce(MAX_SIZE), maxSize),
                    "Write the number of connections that a server can really take, such as 1000.");
        }
    }

    private void checkKeptConnections() {
        int maxSize = this.pool.maxSize();
        if (this.pool.maxIdle() < maxSize) {
            throw refuse(
                    MAX_SIZE,
                    maxSize,
                    "'%s' allows for %d idle connections over all routes, so that many could never be kept"
                            .formatted(inForce(MAX_IDLE), this.pool.maxIdle()),
                    "Raise '%s' to at least %d, or lower '%s'.".formatted(own(MAX_IDLE), maxSize, own(MAX_SIZE)));
        }
    }

    private void checkOverflowLinger() {
        Duration linger = this.pool.overflowLinger();
        if (!linger.isZero()) {
            checkRange(OVERFLOW_LINGER, linger, SHORTEST_LINGER, LONGEST_AGE);
        }
    }

    private void checkDuration(String key, Duration value, Duration longest) {
        this.refusals.check(() -> {
            if (value.isZero()) {
                throw refuse(key, value, zeroReason(key), zeroRemedy(key));
            }
            checkRange(key, value, SHORTEST, longest);
        });
    }

    private void checkRange(String key, Duration value, Duration shortest, Duration longest) {
        if (value.compareTo(shortest) < 0) {
            throw refuse(
                    key,
                    value,
                    value.isNegative() ? "a duration cannot be negative" : "it is too short to be meant",
                    "Write at least %s.".formatted(DurationText.of(shortest)));
        }
        if (value.compareTo(longest) > 0) {
            throw refuse(
                    key,
                    value,
                    key.equals(ACQUIRE_TIMEOUT)
                            ? "callers would be stuck for longer than anyone waits for an answer"
                            : "no server, proxy or firewall keeps a connection for that long",
                    "Write at most %s.".formatted(DurationText.of(longest)));
        }
    }

    private static String zeroReason(String key) {
        return key.equals(ACQUIRE_TIMEOUT)
                ? "a call would fail as soon as all connections are in use, and 0 does not mean 'for ever'"
                : "no connection could ever be used again, and 0 does not mean 'for ever'";
    }

    private String zeroRemedy(String key) {
        String atLeast = "Write at least %s".formatted(DurationText.of(SHORTEST));
        return key.equals(ACQUIRE_TIMEOUT)
                ? atLeast + "."
                : "%s; to keep no connection, write '%s: 0'.".formatted(atLeast, own(MAX_SIZE));
    }

    private void checkOrder() {
        atMost(IDLE_TIMEOUT, this.pool.idleTimeout(), MAX_IDLE_TIMEOUT, this.pool.maxIdleTimeout());
        atMost(IDLE_TIMEOUT, this.pool.idleTimeout(), MAX_LIFETIME, this.pool.maxLifetime());
        atMost(MAX_IDLE_TIMEOUT, this.pool.maxIdleTimeout(), MAX_LIFETIME, this.pool.maxLifetime());
        atMost(OVERFLOW_LINGER, this.pool.overflowLinger(), IDLE_TIMEOUT, this.pool.idleTimeout());
    }

    private void atMost(String key, Duration value, String boundKey, Duration bound) {
        checkTogether(
                () -> {
                    if (value.compareTo(bound) > 0 && isOwn(key)) {
                        throw refuse(
                                key,
                                value,
                                "'%s' (%s) ends the connection earlier"
                                        .formatted(inForce(boundKey), DurationText.of(bound)),
                                "Lower it to at most %s, or raise '%s' to at least %s."
                                        .formatted(DurationText.of(bound), own(boundKey), DurationText.of(value)));
                    }
                },
                key,
                boundKey);
    }

    private void checkDead() {
        if (this.pool.maxSize() == 0) {
            ONLY_FOR_KEPT_CONNECTIONS.forEach(key -> refuseIfOwn(
                    key,
                    MAX_SIZE,
                    "it is without effect, because '%s: 0' closes each connection when it is returned"
                            .formatted(inForce(MAX_SIZE))));
        }
        if (this.pool.maxOverflow() == 0 && !this.pool.overflowLinger().isZero()) {
            refuseIfOwn(
                    OVERFLOW_LINGER,
                    MAX_OVERFLOW,
                    "it is without effect, because '%s: 0' lets no connection above max-size be opened"
                            .formatted(inForce(MAX_OVERFLOW)));
        }
    }

    private void refuseIfOwn(String key, String cause, String reason) {
        checkTogether(
                () -> this.keys.ownValue("pool." + key).ifPresent(value -> {
                    throw new InvalidSettingException(
                            own(key), value, reason, "Remove it, or make '%s' at least 1.".formatted(own(cause)));
                }),
                key,
                cause);
    }

    private void checkTogether(Runnable rule, String... involved) {
        this.refusals.checkTogether(Stream.of(involved).map(this::inForce).toList(), rule);
    }

    private String inForce(String key) {
        return this.keys.inForce("pool." + key);
    }

    private String own(String key) {
        return this.keys.own("pool." + key);
    }

    private boolean isOwn(String key) {
        return this.keys.isOwn("pool." + key);
    }

    private InvalidSettingException refuse(String key, int value, String reason, String remedy) {
        return new InvalidSettingException(inForce(key), Integer.toString(value), reason, remedy);
    }

    private InvalidSettingException refuse(String key, Duration value, String reason, String remedy) {
        return new InvalidSettingException(inForce(key), DurationText.of(value), reason, remedy);
    }
}

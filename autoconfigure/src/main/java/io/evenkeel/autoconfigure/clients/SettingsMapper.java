// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.validation.ProxyCheck;
import io.evenkeel.client.ClientOptions;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.TravellingDeadline;
import io.evenkeel.policy.breaker.BreakerSettings;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Turns properties into the limits that the code works with.
 *
 * <p>A default never stands in the way of what was written down: where it would be longer than a limit that was, it is
 * lowered to that limit.
 */
public final class SettingsMapper {

    private SettingsMapper() {}

    /** {@return the settings of a client, which {@code SettingsCheck} has found to be right, {@code null} if it is left to Spring Boot} */
    public static @Nullable ClientOptions map(ClientProperties client) {
        EvenkeelProperties properties = client.carriedBy();
        return (properties != null) ? map(client, properties) : null;
    }

    private static ClientOptions map(ClientProperties client, EvenkeelProperties properties) {
        ClientKeys keys = client.keys();
        return new ClientOptions(
                client.name(),
                keys.prefix(),
                limits(properties.pool()),
                new TimeLimits(properties.callTimeout(), properties.writeTimeout(), sent(properties.deadline())),
                new ReplaySettings(properties.replay().enabled(), properties.idempotencyHeader()),
                retry(properties.retry()),
                breaker(properties.circuitBreaker()).enabled(client.hasBreakers()),
                limits(properties),
                new ProxyCheck(properties.proxy(), keys).settings());
    }

    private static @Nullable TravellingDeadline sent(EvenkeelProperties.Deadline deadline) {
        String header = deadline.sendHeader();
        return (header != null) ? new TravellingDeadline(header, deadline.sendUnit()) : null;
    }

    private static RetrySettings retry(EvenkeelProperties.Retry retry) {
        return new RetrySettings(
                retry.enabled(),
                retry.maxRetries(),
                retry.statuses().stream().filter(Objects::nonNull).collect(Collectors.toSet()),
                shorter(retry.delay(), retry.maxDelay()),
                retry.maxDelay(),
                retry.maxRetryAfter(),
                retry.attemptTimeout(),
                retry.budget().burst(),
                retry.budget().ratio());
    }

    private static BreakerSettings breaker(EvenkeelProperties.CircuitBreaker breaker) {
        boolean ofCalls = breaker.slidingWindowType() == BreakerSettings.WindowType.COUNT_BASED;
        int minimum = breaker.minimumNumberOfCalls();
        return new BreakerSettings(
                false,
                breaker.perRoute(),
                breaker.failureRateThreshold(),
                breaker.slidingWindowType(),
                breaker.slidingWindowSize(),
                ofCalls ? Math.min(minimum, breaker.slidingWindowSize()) : minimum,
                breaker.permittedNumberOfCallsInHalfOpenState(),
                breaker.waitDurationInOpenState(),
                breaker.slowCallDurationThreshold(),
                breaker.slowCallRateThreshold());
    }

    private static ResponseLimits limits(EvenkeelProperties properties) {
        DataSize maxSize = properties.maxResponseSize();
        return new ResponseLimits(
                properties.maxResponseHeaders(),
                Math.toIntExact(properties.maxResponseHeadSize().toBytes()),
                properties.maxInterimResponses(),
                properties.unknownContentEncoding(),
                (maxSize != null) ? maxSize.toBytes() : 0,
                properties.maxDecompressionRatio());
    }

    private static PoolLimits limits(EvenkeelProperties.Pool pool) {
        Duration maxIdleTimeout = shorter(pool.maxIdleTimeout(), pool.maxLifetime());
        Duration idleTimeout = shorter(pool.idleTimeout(), maxIdleTimeout);
        return new PoolLimits(
                pool.maxSize(),
                pool.maxOverflow(),
                shorter(pool.overflowLinger(), idleTimeout),
                pool.maxIdle(),
                pool.acquireTimeout(),
                idleTimeout,
                maxIdleTimeout,
                pool.learnIdleTimeout(),
                pool.maxLifetime());
    }

    private static Duration shorter(Duration one, Duration other) {
        return (one.compareTo(other) <= 0) ? one : other;
    }
}

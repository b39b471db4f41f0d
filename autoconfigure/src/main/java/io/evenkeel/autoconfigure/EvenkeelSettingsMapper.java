// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.client.ClientOptions;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ReplaySettings;
import java.time.Duration;

/**
 * Turns properties into the limits that the code works with, and refuses those that are dead or dangerous.
 *
 * <p>A default never stands in the way of what was written down: where it would be longer than a limit that was, it is
 * lowered to that limit.
 */
final class EvenkeelSettingsMapper {

    private final ConfiguredKeys configured;

    EvenkeelSettingsMapper(ConfiguredKeys configured) {
        this.configured = configured;
    }

    /**
     * Maps the settings of a client.
     *
     * @param client its name
     * @param keyPrefix where its settings live
     * @param properties what applies to it
     * @param proxy the proxy that applies to it
     * @throws InvalidSettingException if a setting is refused
     */
    ClientOptions map(String client, String keyPrefix, EvenkeelProperties properties, EvenkeelProperties.Proxy proxy) {
        new PoolRules(properties.pool(), this.configured).check();
        IdempotencyHeaderRule.check(properties.idempotencyHeader());
        MetricsRules.check(properties.metrics());
        PlaceholderRule.check("evenkeel.proxy.url", proxy.url());
        PlaceholderRule.check("evenkeel.proxy.username", proxy.username());
        PlaceholderRule.check("evenkeel.proxy.password", proxy.password());
        return new ClientOptions(
                client,
                keyPrefix,
                limits(properties.pool()),
                new ReplaySettings(properties.replay().enabled(), properties.idempotencyHeader()),
                ResponseRules.check(properties),
                new ProxyRules(proxy, "evenkeel.proxy", this.configured).settings());
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

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.breaker.BreakerSettings;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;

/**
 * What makes a client, besides Spring Boot's {@code HttpClientSettings}.
 *
 * @param client its name
 * @param keyPrefix where its settings live, for messages
 * @param limits limits of its pools
 * @param times how long it waits
 * @param replay which requests may be sent twice
 * @param retry which requests are sent again after a failure
 * @param breaker when nothing is sent for a while
 * @param responseLimits limits of responses
 * @param proxy how it deals with proxies
 */
public record ClientOptions(
        String client,
        String keyPrefix,
        PoolLimits limits,
        TimeLimits times,
        ReplaySettings replay,
        RetrySettings retry,
        BreakerSettings breaker,
        ResponseLimits responseLimits,
        ProxySettings proxy) {

    /** What a client is that nobody configured. */
    public static final ClientOptions DEFAULTS = new ClientOptions(
            "default",
            "evenkeel",
            PoolLimits.DEFAULTS,
            TimeLimits.DEFAULTS,
            ReplaySettings.DEFAULTS,
            RetrySettings.DEFAULTS,
            BreakerSettings.DEFAULTS,
            ResponseLimits.DEFAULTS,
            ProxySettings.NONE);

    /** Name of the client that serves all that has no name. */
    public static final String DEFAULT_CLIENT = "default";
}

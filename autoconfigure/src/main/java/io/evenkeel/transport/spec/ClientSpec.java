// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.spec;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.breaker.Breakers;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Everything the transport has to know of one client.
 *
 * @param client its name, {@code default} if it has none
 * @param keyPrefix where its settings live, for messages: {@code evenkeel} or {@code evenkeel.clients.<name>}
 * @param limits limits of its pools
 * @param times how long it waits, besides the timeouts below
 * @param replay which requests may be sent twice
 * @param retry which requests are sent again after a failure
 * @param breakers its circuit breakers, null if it has none
 * @param responseLimits limits of responses
 * @param tls what TLS handshakes are made with, {@code null} for the default of the JVM
 * @param addressFilter which addresses it may connect to, {@code null} for all
 * @param proxy how it deals with proxies
 * @param connectTimeout limit of connecting, all addresses of a host and TLS together; 0 is none
 * @param readTimeout limit of a response head as a whole, and of each read of a body; 0 is none
 * @param cookiesOffByDefault whether cookies are off because nobody asked for them, which is worth a warning when the
 *     server sets one
 */
public record ClientSpec(
        String client,
        String keyPrefix,
        PoolLimits limits,
        TimeLimits times,
        ReplaySettings replay,
        RetrySettings retry,
        @Nullable Breakers breakers,
        ResponseLimits responseLimits,
        @Nullable TlsMaterial tls,
        @Nullable AddressFilter addressFilter,
        ProxySettings proxy,
        Duration connectTimeout,
        Duration readTimeout,
        boolean cookiesOffByDefault) {

    private static final String PREFIX_OF_ALL = "evenkeel";

    /** {@return where a setting of Spring Boot's can be changed for this client} */
    public String bootKey(String key) {
        return (isDefault() ? "spring.http.clients" : this.keyPrefix) + "." + key;
    }

    /** {@return whether it is the client without a name} */
    public boolean isDefault() {
        return this.keyPrefix.equals(PREFIX_OF_ALL);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.ResponseLimits;
import org.jspecify.annotations.Nullable;

/**
 * What clients must have in common to share connections: all that decides who is at the other end of one, and how its
 * answers are read. Proxies are part of the route, timeouts of the client.
 *
 * @param client name of the client
 * @param tls identity and trust
 * @param addressFilter addresses that may be connected to: it is not asked again when a connection is reused
 * @param responseLimits limits of response heads, which a connection keeps for all its requests
 * @param customized whether connections are made as a user's customizer wants them
 */
record PoolKey(
        String client,
        @Nullable TlsMaterial tls,
        @Nullable AddressFilter addressFilter,
        ResponseLimits responseLimits,
        boolean customized) {}

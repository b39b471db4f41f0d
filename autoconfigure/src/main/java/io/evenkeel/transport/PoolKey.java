// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.transport.spec.AddressFilter;
import io.evenkeel.transport.spec.TlsMaterial;
import org.jspecify.annotations.Nullable;

/**
 * What clients must have in common to share connections: all that decides who is at the other end of one, how many there
 * are, and how their responses are read. That a proxy is used is part of the route, timeouts are part of the client.
 *
 * @param client name of the client
 * @param tls identity and trust
 * @param addressFilter addresses that may be connected to: it is not asked again when a connection is reused
 * @param proxy as whom a proxy knows them, and what its part in the address filter is
 * @param limits how many connections there are, and for how long: two contexts may say different things of one client
 * @param responseLimits limits of response heads, which a connection keeps for all its requests
 * @param customized whether connections are made as a user's customizer wants them
 */
record PoolKey(
        String client,
        @Nullable TlsMaterial tls,
        @Nullable AddressFilter addressFilter,
        ProxySettings proxy,
        PoolLimits limits,
        ResponseLimits responseLimits,
        boolean customized) {}

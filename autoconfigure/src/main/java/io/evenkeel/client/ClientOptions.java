// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import io.evenkeel.policy.PoolLimits;

/**
 * What makes a client, besides Spring Boot's {@code HttpClientSettings}.
 *
 * @param client its name
 * @param keyPrefix where its settings live, for messages
 * @param limits limits of its pools
 * @param replay whether an idempotent request is sent once more when its reused connection broke before any answer
 */
public record ClientOptions(String client, String keyPrefix, PoolLimits limits, boolean replay) {

    /** Name of the client that serves all that has no name. */
    public static final String DEFAULT_CLIENT = "default";

    /** Where the settings of the client without a name live. */
    public static final String DEFAULT_KEY_PREFIX = "evenkeel";
}

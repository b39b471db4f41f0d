// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import org.jspecify.annotations.Nullable;

/**
 * What may be switched of a client.
 *
 * @param retry its retries, null if it was started without
 * @param circuitBreaker its circuit breakers, null if it was started without
 */
public record ClientSwitches(
        @Nullable PolicySwitch retry, @Nullable PolicySwitch circuitBreaker) {}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.breaker;

/** The circuit breakers of one client. Thread-safe. */
@FunctionalInterface
public interface Breakers {

    /**
     * {@return the breaker of a route}
     *
     * @param authority host and port
     */
    Breaker of(String authority);
}

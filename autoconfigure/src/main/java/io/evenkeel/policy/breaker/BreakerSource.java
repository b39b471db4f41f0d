// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.breaker;

/** Makes the circuit breakers of clients. Thread-safe. */
@FunctionalInterface
public interface BreakerSource {

    /** {@return the breakers of a client, the same each time} */
    Breakers of(String client, BreakerSettings settings);
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.breaker;

/**
 * Lets attempts through while their server is well. Whoever was let through says once how that ended, by one of the three
 * methods for it. Thread-safe.
 */
public interface Breaker {

    /** {@return whether an attempt may begin} */
    boolean tryAcquire();

    /** @param nanos that the attempt took, to the head of its response */
    void succeeded(long nanos);

    /**
     * @param nanos that the attempt took
     * @param failure what it failed of
     */
    void failed(long nanos, Throwable failure);

    /** The attempt says nothing of the server. */
    void ignored();

    /** {@return whether nothing is let through, not even to try} */
    boolean isOpen();

    /** {@return why an attempt was not let through} */
    OpenCircuit refusal();
}

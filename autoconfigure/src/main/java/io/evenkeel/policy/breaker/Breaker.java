// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.breaker;

import org.jspecify.annotations.Nullable;

/** Lets attempts through while their server is well. Thread-safe. */
public interface Breaker {

    /** {@return what says how the attempt ended, null if it may not begin} */
    @Nullable
    Permit tryAcquire();

    /** {@return whether nothing is let through, not even to try} */
    boolean isOpen();

    /** {@return why an attempt was not let through} */
    OpenCircuit refusal();

    /** An attempt that was let through. Whoever has it says once how it ended. */
    interface Permit {

        /** @param nanos that the attempt took, to the head of its response */
        void succeeded(long nanos);

        /**
         * @param nanos that the attempt took
         * @param failure what it failed of
         */
        void failed(long nanos, Throwable failure);

        /** The attempt says nothing of the server. */
        void ignored();
    }
}

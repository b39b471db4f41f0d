// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.time;

/**
 * The one source of elapsed time. Everything that measures an age, a deadline or a delay asks a ticker, so that tests
 * advance time instead of sleeping. It is monotonic: steps of the wall clock do not age or rejuvenate a connection.
 */
@FunctionalInterface
public interface Ticker {

    /** The JVM's monotonic clock. */
    Ticker SYSTEM = System::nanoTime;

    /** {@return nanoseconds since an arbitrary origin; compare two values by subtraction only} */
    long nanoTime();
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

/** What a {@link CallTimer} ends when its time is over. Compared by identity. */
abstract sealed class Expiring permits CallDeadline, BlockingWrite {

    /** {@return when it is over, on the scale of the ticker} */
    abstract long endsAt();

    /** The time is over. Called once, by the timer. */
    abstract void expire();
}

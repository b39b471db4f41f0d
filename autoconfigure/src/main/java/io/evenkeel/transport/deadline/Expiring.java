// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import java.lang.ref.WeakReference;

/**
 * What a {@link CallTimer} ends when its time is over. Compared by identity.
 *
 * <p>It refers to its subject weakly: what nobody holds any more is ended by the garbage collector.
 *
 * @param <T> what is ended
 */
abstract sealed class Expiring<T> extends WeakReference<T> permits CallDeadline, BlockingWrite {

    private final long endsAt;

    Expiring(T subject, long endsAt) {
        super(subject);
        this.endsAt = endsAt;
    }

    /** {@return when it is over, on the scale of the ticker} */
    long endsAt() {
        return this.endsAt;
    }

    /** The time is over. Called once, by the timer. */
    abstract void expire();
}

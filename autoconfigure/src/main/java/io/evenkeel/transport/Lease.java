// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import org.jspecify.annotations.Nullable;

/**
 * Who has a connection, and since when.
 *
 * @param since when it was handed out
 * @param thread the thread that it was handed to
 * @param place what becomes of its place if it breaks
 */
record Lease(long since, Thread thread, @Nullable ReplayPlace place) {

    /** {@return the name of the thread} Made when it is asked for: that of a virtual thread costs a lock. */
    String holder() {
        return Texts.thread(this.thread);
    }
}

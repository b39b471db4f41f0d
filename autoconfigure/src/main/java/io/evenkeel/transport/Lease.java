// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import org.jspecify.annotations.Nullable;

/**
 * Who has a connection, and since when.
 *
 * @param since when it was handed out
 * @param holder name of the thread that it was handed to
 * @param place what becomes of its place if it breaks
 */
record Lease(long since, String holder, @Nullable ReplayPlace place) {

    static Lease of(Thread thread, long now, @Nullable ReplayPlace place) {
        // Virtual threads have no name unless they are given one.
        String name = thread.getName();
        return new Lease(now, name.isEmpty() ? thread.toString() : name, place);
    }
}

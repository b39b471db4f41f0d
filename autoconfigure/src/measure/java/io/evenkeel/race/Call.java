// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import org.jspecify.annotations.Nullable;

/**
 * One call of a lane, as the caller saw it.
 *
 * @param id unique among all calls, and known to the server
 * @param route where it went: calls with the same one may share connections
 * @param gap how the pause before it was chosen
 * @param begin and {@code end}: {@link System#nanoTime()}
 * @param failure what it ended with, if it failed
 */
record Call(
        String id,
        int route,
        Method method,
        Gap.Kind gap,
        long begin,
        long end,
        @Nullable Throwable failure) {

    boolean failed() {
        return this.failure != null;
    }
}

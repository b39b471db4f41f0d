// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import org.jspecify.annotations.Nullable;

/**
 * A task that runs.
 *
 * @param number tells it from all other tasks of its executor
 * @param thread the thread that runs it, if that is known
 * @param startedAt the time of its start, of a {@link io.evenkeel.time.Ticker}. If the thread is not known, it started
 *     then or earlier.
 */
record RunningTask(long number, @Nullable Thread thread, long startedAt) {}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

/** How many tasks the executor gets, all at once, and how many seconds each of them works before it calls out. */
record BackgroundSettings(int tasks, int seconds) {

    BackgroundSettings {
        Choice.within("tasks", 1, 500, tasks);
        Choice.within("seconds", 1, 30, seconds);
    }
}

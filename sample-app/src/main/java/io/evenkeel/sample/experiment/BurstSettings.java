// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

/**
 * What a burst is to be: how many calls at once, and how many seconds the server waits for all of them before it gives
 * up.
 */
record BurstSettings(int calls, int patience) {

    BurstSettings {
        Choice.within("calls", 2, 100, calls);
        Choice.within("patience", 1, 10, patience);
    }
}

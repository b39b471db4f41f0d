// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** What became of a replaced SSL bundle. */
public enum ReloadResult {
    /** It is used for all handshakes from then on. */
    SUCCESS,
    /** It cannot be used, and the former one stays. */
    FAILURE
}

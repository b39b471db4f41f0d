// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

/** What happens to a call under way. */
enum Trouble {
    NONE,
    INTERRUPT,
    INTERRUPTED_BEFORE,
    CANCEL
}

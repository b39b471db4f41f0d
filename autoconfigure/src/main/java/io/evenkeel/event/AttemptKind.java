// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** Why a request went to a wire. */
public enum AttemptKind {
    /** Any other; a redirect, the response to a challenge, or what a user's retry strategy sends is a request of its own. */
    FIRST,
    /** The kept connection that it rode broke before any response. */
    REPLAY,
    /** Another attempt of the call had failed, {@code evenkeel.retry}. */
    RETRY
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** Why a request went to a wire. */
public enum AttemptKind {
    /** Nobody had sent it before; a redirect, or the answer to a challenge, is a request of its own. */
    FIRST,
    /** The kept connection that it rode broke before any answer. */
    REPLAY
}

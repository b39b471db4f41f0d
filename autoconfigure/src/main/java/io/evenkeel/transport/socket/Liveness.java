// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import io.evenkeel.event.CloseReason;

/** What a look at an idle connection shows. */
public enum Liveness {
    /** Open, and silent as it should be. */
    ALIVE(CloseReason.IDLE),
    /** The peer closed it. */
    EOF(CloseReason.EOF),
    /** The peer reset it. */
    RESET(CloseReason.RESET),
    /** Bytes wait there that no request asked for: nothing that arrives now can be a response (RFC 9112, section 9.2). */
    UNSOLICITED(CloseReason.UNSOLICITED);

    private final CloseReason closeReason;

    Liveness(CloseReason closeReason) {
        this.closeReason = closeReason;
    }

    public CloseReason closeReason() {
        return this.closeReason;
    }
}

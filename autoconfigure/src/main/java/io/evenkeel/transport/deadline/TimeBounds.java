// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.error.AcquireTimeoutException;
import io.evenkeel.error.CallTimeoutException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.error.NetworkException;
import io.evenkeel.error.WriteTimeoutException;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.TimeBound;
import java.io.InterruptedIOException;

/** Which limit of time it was that ended a call. */
final class TimeBounds {

    private TimeBounds() {}

    /** Tells the listener of a failure that was the end of a time. */
    static void report(Throwable failure, String client, String route, ConnectionListener listener) {
        EvenkeelException ours = EvenkeelException.in(failure).orElse(null);
        if (ours instanceof CallTimeoutException late) {
            boolean own = FailureReason.CALL_TIMEOUT.code().equals(late.reason());
            listener.timedOut(client, route, own ? TimeBound.CALL_TIMEOUT : TimeBound.DEADLINE, late.phase());
        } else if (ours instanceof AcquireTimeoutException) {
            listener.timedOut(client, route, TimeBound.ACQUIRE_TIMEOUT, CallPhase.ACQUIRING);
        } else if (ours instanceof WriteTimeoutException) {
            listener.timedOut(client, route, TimeBound.WRITE_TIMEOUT, CallPhase.SENDING);
        } else if (ours instanceof NetworkException ofNetwork
                // HttpClient's ConnectTimeoutException is one, too.
                && failure instanceof InterruptedIOException) {
            boolean reading = FailureReason.READ_TIMEOUT.code().equals(ofNetwork.reason());
            listener.timedOut(
                    client, route, reading ? TimeBound.READ_TIMEOUT : TimeBound.CONNECT_TIMEOUT, ofNetwork.phase());
        }
    }
}

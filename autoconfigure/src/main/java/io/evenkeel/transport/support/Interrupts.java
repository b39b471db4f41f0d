// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.support;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Makes the interruption of a channel what the interruption of a blocking call is expected to be. The flag stays set, as
 * the channel leaves it.
 */
public final class Interrupts {

    private Interrupts() {}

    /** {@return the exception, or one that says that the thread was interrupted if that is what ended the call} */
    public static IOException translate(IOException ex) {
        Throwable cause = ex;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (cause instanceof ClosedByInterruptException || closedUnderVirtualThread(cause)) {
                InterruptedIOException interrupted =
                        new InterruptedIOException("The thread was interrupted during the call");
                interrupted.initCause(ex);
                return interrupted;
            }
        }
        return ex;
    }

    /** A socket without a channel is closed by the interrupt of a virtual thread, and says so in words only. */
    private static boolean closedUnderVirtualThread(Throwable cause) {
        return cause instanceof SocketException
                && Thread.currentThread().isInterrupted()
                && "Closed by interrupt".equals(cause.getMessage());
    }
}

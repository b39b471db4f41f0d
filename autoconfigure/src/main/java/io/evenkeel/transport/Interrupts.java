// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Makes the interruption of a channel what the interruption of a blocking call is expected to be. The flag stays set, as
 * the channel leaves it.
 */
final class Interrupts {

    private Interrupts() {}

    /** {@return the exception, or one that says that the thread was interrupted if that is what ended the call} */
    static IOException translate(IOException ex) {
        Throwable cause = ex;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (cause instanceof ClosedByInterruptException) {
                InterruptedIOException interrupted = new InterruptedIOException("The thread was interrupted during the call");
                interrupted.initCause(ex);
                return interrupted;
            }
        }
        return ex;
    }
}

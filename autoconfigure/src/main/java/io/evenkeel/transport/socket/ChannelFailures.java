// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;

/**
 * Makes of what a channel throws what the socket of the JDK throws, below TLS: handlers look for its class, and JSSE tells
 * a failure of the network from one of its own by it. A channel is reset with a bare {@link IOException} when it writes,
 * and with a {@link SocketException} when it reads.
 */
final class ChannelFailures {

    private ChannelFailures() {}

    /**
     * {@return what a socket says in the same case, in the same words} An interrupt stays what it is, since a socket of
     * the JDK does not know it.
     */
    static IOException ofSocket(IOException failure) {
        if (failure instanceof SocketException
                || failure instanceof InterruptedIOException
                || failure instanceof ClosedByInterruptException) {
            return failure;
        }
        boolean closed = failure instanceof ClosedChannelException;
        SocketException translated = new SocketException(closed ? "Socket closed" : failure.getMessage());
        // Without a cause, as a socket throws it: the root of the chain is looked at, too.
        translated.setStackTrace(failure.getStackTrace());
        return translated;
    }
}

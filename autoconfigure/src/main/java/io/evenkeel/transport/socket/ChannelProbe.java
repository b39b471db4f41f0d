// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Looks at an idle channel without waiting. */
public final class ChannelProbe {

    private ChannelProbe() {}

    /**
     * Looks, and takes one byte if there is any.
     *
     * @param channel the channel, in either mode; its mode is the same afterwards
     * @param taken gets the byte
     * @return {@link Liveness#UNSOLICITED} if there was one
     */
    public static Liveness look(SocketChannel channel, ByteBuffer taken) throws IOException {
        boolean blocking = channel.isBlocking();
        if (blocking) {
            channel.configureBlocking(false);
        }
        try {
            int read = channel.read(taken);
            if (read == 0) {
                return Liveness.ALIVE;
            }
            return (read < 0) ? Liveness.EOF : Liveness.UNSOLICITED;
        } finally {
            if (blocking && channel.isOpen()) {
                channel.configureBlocking(true);
            }
        }
    }
}

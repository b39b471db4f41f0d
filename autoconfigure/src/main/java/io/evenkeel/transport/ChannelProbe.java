// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an idle channel without waiting. It may take a few bytes away, which is no loss: nothing that arrives on an
 * idle connection can be the answer to a later request (RFC 9112, section 9.2).
 */
final class ChannelProbe {

    private static final int RECORD_HEADER_BYTES = 5;
    private static final int ALERT = 21;
    private static final int APPLICATION_DATA = 23;

    /**
     * TLS 1.3 hides the type of a record, but not its length: an alert is two bytes, one of type, the 16 of JSSE's
     * padding and a tag of 16. No answer is that short.
     */
    private static final int HIDDEN_ALERT_BYTES = 35;

    private ChannelProbe() {}

    /**
     * Looks.
     *
     * @param channel the channel, in either mode; its mode is the same afterwards
     * @param tls the TLS layer above it, if there is one
     */
    static Liveness look(SocketChannel channel, @Nullable SSLSocket tls) throws IOException {
        boolean blocking = channel.isBlocking();
        if (blocking) {
            channel.configureBlocking(false);
        }
        try {
            ByteBuffer buffer = ByteBuffer.allocate(RECORD_HEADER_BYTES);
            int read = channel.read(buffer);
            if (read == 0) {
                return Liveness.ALIVE;
            }
            return (read < 0 || (tls != null && announcesClose(buffer, tls))) ? Liveness.EOF : Liveness.UNSOLICITED;
        } finally {
            if (blocking && channel.isOpen()) {
                channel.configureBlocking(true);
            }
        }
    }

    /** A TLS peer says goodbye before it closes: then the first that waits is an alert, whether FIN has come or not. */
    private static boolean announcesClose(ByteBuffer header, SSLSocket tls) {
        int type = header.get(0);
        return type == ALERT
                || (type == APPLICATION_DATA
                        && "TLSv1.3".equals(tls.getSession().getProtocol())
                        && header.position() == RECORD_HEADER_BYTES
                        && Short.toUnsignedInt(header.getShort(3)) <= HIDDEN_ALERT_BYTES);
    }
}

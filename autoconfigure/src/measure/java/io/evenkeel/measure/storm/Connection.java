// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A connection of a {@link StormServer}: requests without a body, one after the other. Read by one thread, answered by any. */
final class Connection {

    static final byte[] OK = bytes("200 OK", "");

    static final byte[] FAILED = bytes("503 Service Unavailable", "");

    static final byte[] SHED = bytes("503 Service Unavailable", "Retry-After: 1\r\n");

    private static final int END_OF_HEAD = 0x0D0A0D0A;

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(4_096);
    private volatile boolean gone;

    Connection(SocketChannel channel) {
        this.channel = channel;
    }

    private static byte[] bytes(String status, String more) {
        return ("HTTP/1.1 " + status + "\r\n" + more + "Content-Length: 2\r\n\r\nok")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** {@return whether the client is still there} */
    boolean read() {
        try {
            if (this.channel.read(this.in) >= 0) {
                return true;
            }
            close();
        } catch (IOException ex) {
            close();
        }
        return false;
    }

    /** {@return whether a request is there as a whole; it is taken} */
    boolean hasRequest() {
        int end = this.in.position() - Integer.BYTES;
        if (end < 0 || this.in.getInt(end) != END_OF_HEAD) {
            return false;
        }
        this.in.clear();
        return true;
    }

    boolean isGone() {
        return this.gone;
    }

    void answer(byte[] response) {
        try {
            // It is far smaller than the buffer of the socket.
            this.channel.write(ByteBuffer.wrap(response));
        } catch (IOException ex) {
            close();
        }
    }

    /** Closes it without an answer, as a listener does that cannot take more. */
    void reset() {
        try {
            this.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException ex) {
            // The client was faster.
        }
        close();
    }

    private void close() {
        this.gone = true;
        try {
            this.channel.close();
        } catch (IOException ex) {
            // Nobody is there to be told.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.transport.socket.ReadDeadline;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The stream that a connection reads its responses from, above TLS. It tells when the stream has ended or failed. Used by
 * one thread at a time, as its connection is.
 */
final class GuardedInputStream extends FilterInputStream {

    private final Socket socket;
    private final @Nullable ReadDeadline deadline;
    private final Runnable onEnd;
    private volatile boolean reading;

    /**
     * @param in stream of the socket
     * @param socket has the timeout
     * @param deadline to be asked before each read, if the socket itself does not
     * @param onEnd hears when the stream ends or fails, other than by a timeout
     */
    GuardedInputStream(InputStream in, Socket socket, @Nullable ReadDeadline deadline, Runnable onEnd) {
        super(in);
        this.socket = socket;
        this.deadline = deadline;
        this.onEnd = onEnd;
    }

    /** {@return whether a thread reads just now} Asked by any. */
    boolean isReading() {
        return this.reading;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int read = read(one, 0, 1);
        return (read < 0) ? read : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (this.deadline != null) {
            this.deadline.check(this.socket);
        }
        this.reading = true;
        try {
            int read = this.in.read(buffer, offset, length);
            if (read < 0) {
                this.onEnd.run();
            }
            return read;
        } catch (SocketTimeoutException ex) {
            throw ex;
        } catch (IOException ex) {
            this.onEnd.run();
            throw ex;
        } finally {
            this.reading = false;
        }
    }
}

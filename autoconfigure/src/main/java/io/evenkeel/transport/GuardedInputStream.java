// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.time.Ticker;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * The stream that a connection reads from its socket. It bounds the response head as a whole, where the socket can only
 * bound each read, and can be told to answer from memory alone. Used by one thread at a time, as its connection is.
 */
final class GuardedInputStream extends FilterInputStream {

    /** Thrown twice a call, and never seen: it is worth not walking the stack for. */
    private static final SocketTimeoutException SUSPENDED = new Suspended();

    private final Socket socket;
    private final Ticker ticker;
    private final Runnable onEnd;
    private boolean suspended;
    private boolean headPending;
    private long headDeadline;
    private int headTimeoutMillis;

    /**
     * @param in stream of the socket
     * @param socket has the timeout
     * @param ticker tells the time
     * @param onEnd hears when the stream ends or fails, other than by a timeout
     */
    GuardedInputStream(InputStream in, Socket socket, Ticker ticker, Runnable onEnd) {
        super(in);
        this.socket = socket;
        this.ticker = ticker;
        this.onEnd = onEnd;
    }

    /** While suspended, a read times out at once without touching the socket. */
    void suspend(boolean suspended) {
        this.suspended = suspended;
    }

    /** Starts the clock of the response head, unless it runs: interim answers do not wind it up again. */
    void beginHead() throws IOException {
        int timeoutMillis = this.socket.getSoTimeout();
        if (!this.headPending && timeoutMillis > 0) {
            this.headPending = true;
            this.headTimeoutMillis = timeoutMillis;
            this.headDeadline = this.ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        }
    }

    /** Stops the clock and gives the socket its timeout per read back. */
    void endHead() throws IOException {
        if (this.headPending) {
            this.headPending = false;
            this.socket.setSoTimeout(this.headTimeoutMillis);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int read = read(one, 0, 1);
        return (read < 0) ? read : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        beforeRead();
        try {
            int read = super.read(buffer, offset, length);
            if (read < 0) {
                this.onEnd.run();
            }
            return read;
        } catch (SocketTimeoutException ex) {
            throw ex;
        } catch (IOException ex) {
            this.onEnd.run();
            throw ex;
        }
    }

    private void beforeRead() throws IOException {
        if (this.suspended) {
            throw SUSPENDED;
        }
        if (this.headPending) {
            long millis = TimeUnit.NANOSECONDS.toMillis(this.headDeadline - this.ticker.nanoTime());
            if (millis <= 0) {
                throw new SocketTimeoutException("Read timed out: no complete response head within "
                        + this.headTimeoutMillis + " ms");
            }
            this.socket.setSoTimeout((int) Math.min(millis, this.headTimeoutMillis));
        }
    }

    private static final class Suspended extends SocketTimeoutException {

        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}

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

    private final Socket socket;
    private final Ticker ticker;
    private boolean suspended;
    private boolean headPending;
    private long headDeadline;
    private int headTimeoutMillis;

    GuardedInputStream(InputStream in, Socket socket, Ticker ticker) {
        super(in);
        this.socket = socket;
        this.ticker = ticker;
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
        beforeRead();
        return super.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        beforeRead();
        return super.read(buffer, offset, length);
    }

    private void beforeRead() throws IOException {
        if (this.suspended) {
            throw new SocketTimeoutException("Suspended");
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
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.classic.ExecChain;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a response. Closed before its end, it reads on for at most 64 KiB and 50 ms; if the end does not come
 * within that, the connection is closed instead of kept. An interrupt ends a read as it ends the rest of the call.
 *
 * <p>Whatever its users do, one thread at a time reads: the end of the body gives the connection to the next call, and a
 * thread that read on would read the response to that. A second reader waits for the first. Who closes does not wait: if
 * another thread reads, and has not come to the end, the connection is closed, since only the reader can tell where in the
 * response it is. Nothing else here is for more than one thread at a time.
 */
public final class BoundedDrainStream extends FilterInputStream {

    public static final int MOST_BYTES = 64 * 1024;

    static final Duration MOST_TIME = Duration.ofMillis(50);

    private final long length;
    private final ExecChain.Scope scope;
    private final UnaryOperator<IOException> translation;
    private final CallState call;
    private final @Nullable Exchange exchange;
    private final boolean shielded;
    /** Held while bytes are read, and never waited for by who closes. */
    private final ReentrantLock reading = new ReentrantLock();

    private volatile @Nullable IOException failure;
    private volatile boolean closed;

    // written under reading
    private volatile boolean ended;
    private long count;
    private boolean settled;

    /**
     * @param in the body
     * @param length of the body in bytes, negative if it is unknown
     * @param translation makes of a failure what the caller is to see
     */
    BoundedDrainStream(InputStream in, long length, ExecChain.Scope scope, UnaryOperator<IOException> translation) {
        super(in);
        this.translation = translation;
        this.length = length;
        this.scope = scope;
        this.call = CallState.of(scope.clientContext);
        this.exchange = this.call.exchange();
        this.shielded = this.call.isShielded();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int read = read(one, 0, 1);
        return (read < 0) ? read : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        awaitTurn();
        try {
            if (this.ended) {
                return -1;
            }
            if (this.closed) {
                // As HttpClient's own stream says it.
                IOException late = new IOException("Attempted read on closed stream.");
                this.failure = late;
                throw late;
            }
            int read = readOn(buffer, offset, length);
            requireInTime();
            // The end that a close drains to is none that a reader has reached.
            this.ended = read < 0;
            if (this.ended) {
                this.call.bodyEnded();
            }
            return read;
        } finally {
            this.reading.unlock();
        }
    }

    /** What is in a buffer comes late, too, and who reads may have come late. */
    private void requireInTime() throws IOException {
        if (this.call.isLate()) {
            throw failed(new SocketTimeoutException("The time of the call is over"));
        }
    }

    private void awaitTurn() throws InterruptedIOException {
        if (this.reading.tryLock()) {
            return;
        }
        try {
            this.reading.lockInterruptibly();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while another thread read the same body");
        }
    }

    private int readOn(byte[] buffer, int offset, int length) throws IOException {
        boolean interrupted = this.shielded && Thread.interrupted();
        try {
            int read = this.in.read(buffer, offset, length);
            this.count += Math.max(read, 0);
            return read;
        } catch (IOException ex) {
            throw failed(ex);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** {@return what is there for sure} Nothing, while another thread reads. */
    @Override
    public int available() throws IOException {
        if (!this.reading.tryLock()) {
            return 0;
        }
        try {
            return this.ended ? 0 : super.available();
        } finally {
            this.reading.unlock();
        }
    }

    @Override
    public long skip(long n) throws IOException {
        byte[] buffer = new byte[(int) Math.min(Math.max(n, 0), 8192)];
        long skipped = 0;
        while (skipped < n) {
            int read = read(buffer, 0, (int) Math.min(n - skipped, buffer.length));
            if (read < 0) {
                break;
            }
            skipped += read;
        }
        return skipped;
    }

    @Override
    public void close() throws IOException {
        this.closed = true;
        if (!lockedUnlessRead()) {
            // Who reads, or drains for another close, learns of it from its socket. If that is at the end, the pool
            // has the connection already. To do nothing would not do: HttpClient gives the connection back behind
            // a close.
            this.scope.execRuntime.discardEndpoint();
            this.call.bodyEnded();
            return;
        }
        boolean atEnd = this.settled;
        try {
            if (!this.settled) {
                this.settled = true;
                if (this.ended || drained()) {
                    this.in.close();
                    atEnd = true;
                }
            }
        } finally {
            this.reading.unlock();
            if (!atEnd) {
                this.scope.execRuntime.discardEndpoint();
            }
            this.call.bodyEnded();
        }
    }

    /** {@return whether nobody reads} Behind the end nothing is read, so who holds the lock there lets it go at once. */
    private boolean lockedUnlessRead() {
        if (this.ended) {
            this.reading.lock();
            return true;
        }
        return this.reading.tryLock();
    }

    /** {@return whether the end of the body was reached} */
    private boolean drained() {
        if (this.count == this.length) {
            // Who reads as much as was announced need not ask for the end.
            return true;
        }
        // Without an exchange nobody can tell the connection when to stop.
        if (this.exchange == null
                || this.length - this.count > MOST_BYTES
                || !this.scope.execRuntime.isEndpointAcquired()) {
            return false;
        }
        byte[] buffer = new byte[8192];
        long most = this.count + MOST_BYTES;
        try {
            this.exchange.readWithin(MOST_TIME);
            while (this.count < most) {
                if (readOn(buffer, 0, (int) Math.min(buffer.length, most - this.count)) < 0) {
                    return true;
                }
            }
            // Exactly as long as is read at most, or longer?
            return readOn(buffer, 0, 1) < 0;
        } catch (IOException ex) {
            // The caller has what it wanted of this response; what is lost is only the connection.
            return false;
        }
    }

    private IOException failed(IOException ex) {
        IOException translated;
        if (this.closed) {
            // Its user ended it: nothing is wrong with the response.
            translated = new IOException("The response was closed while it was read", ex);
        } else {
            translated = this.translation.apply(ex);
            if (this.exchange != null) {
                this.exchange.failed(ex);
                this.call.bodyFailed(translated);
            }
        }
        this.failure = translated;
        return translated;
    }

    void refuse(IOException why) {
        this.closed = true;
        this.failure = why;
        if (this.exchange != null) {
            this.exchange.failed(why);
        }
        this.call.bodyFailed(why);
        this.scope.execRuntime.discardEndpoint();
        this.call.bodyEnded();
    }

    long bytesRead() {
        return this.count;
    }

    /** {@return whether its end was reached, or it was closed} */
    boolean hasEnded() {
        return this.ended || this.closed;
    }

    /** {@return whether its end was reached without a byte of content} */
    boolean endedEmpty() {
        return this.ended && this.count == 0;
    }

    /** {@return whether the last read failed of this} */
    boolean failedOf(IOException failure) {
        return this.failure == failure;
    }
}

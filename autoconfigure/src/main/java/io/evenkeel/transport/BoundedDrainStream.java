// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.classic.ExecChain;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of an answer. Closed before its end, it reads on for at most 64 KiB and 50 ms; if the end does not come
 * within that, the connection is closed instead of kept. An interrupt ends a read as it ends the rest of the call.
 */
final class BoundedDrainStream extends FilterInputStream {

    static final int MOST_BYTES = 64 * 1024;

    static final Duration MOST_TIME = Duration.ofMillis(50);

    private final long length;
    private final ExecChain.Scope scope;
    private final UnaryOperator<IOException> translation;
    private final @Nullable Exchange exchange;
    private final boolean shielded;
    private @Nullable IOException failure;
    private long count;
    private boolean ended;
    private boolean closed;

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
        this.exchange = Exchange.current(scope.clientContext);
        this.shielded = CallExec.isShielded(scope.clientContext);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int read = read(one, 0, 1);
        return (read < 0) ? read : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        boolean interrupted = this.shielded && Thread.interrupted();
        try {
            int read = this.in.read(buffer, offset, length);
            if (read < 0) {
                this.ended = true;
            } else {
                this.count += read;
            }
            return read;
        } catch (IOException ex) {
            throw failed(ex);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
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
        if (this.closed) {
            return;
        }
        this.closed = true;
        if (this.ended || drained()) {
            this.in.close();
        } else {
            this.scope.execRuntime.discardEndpoint();
        }
    }

    /** {@return whether the end of the body was reached} */
    private boolean drained() {
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
                if (read(buffer, 0, (int) Math.min(buffer.length, most - this.count)) < 0) {
                    return true;
                }
            }
            // Exactly as long as is read at most, or longer?
            return read(buffer, 0, 1) < 0;
        } catch (IOException ex) {
            // The caller has what it wanted of this answer; what is lost is only the connection.
            return false;
        }
    }

    private IOException failed(IOException ex) {
        IOException translated = this.translation.apply(ex);
        this.failure = translated;
        if (this.exchange != null && !this.closed) {
            this.exchange.failed(ex);
            FailureExec.bodyFailed(translated, this.scope);
        }
        return translated;
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

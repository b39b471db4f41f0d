// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hc.core5.http.StreamClosedException;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request on its way. It is at its end when {@link #complete} says so, and not when it is closed: HttpCore, and many a
 * body, closes what it writes to on the way out of a failure, too, and the last chunk would make a torso look whole.
 *
 * <p>With a declared length it is the last byte that makes it whole, so that one is kept back until then. And the body is held to that
 * length, which may be a header of the caller: HttpClient drops what is beyond it without a word; and if something is missing and the
 * server answers all the same, the next request on the connection is taken for the rest of the body.
 */
final class RequestBodyStream extends FilterOutputStream {

    private static final int NONE = -1;

    private final long length;
    private final boolean repeatable;
    private final Upload upload;
    private long written;
    private int lastByte = NONE;
    private boolean closed;
    private @Nullable IOException failure;

    /**
     * @param out frames what is written
     * @param length what the head announces in bytes, negative if it announces chunks
     * @param repeatable whether the body can be written again, so that what it writes is no stream that may yet fail
     * @param upload looks for a response from time to time
     */
    RequestBodyStream(OutputStream out, long length, boolean repeatable, Upload upload) {
        super(out);
        this.length = length;
        this.repeatable = repeatable;
        this.upload = upload;
    }

    boolean hasDeclaredLength() {
        return this.length >= 0;
    }

    @Override
    public void write(int one) throws IOException {
        try {
            requireOpen();
            requireRoom(1);
            if (isAtEnd(1)) {
                this.lastByte = one & 0xff;
            } else {
                this.out.write(one);
            }
            this.written++;
        } catch (IOException ex) {
            throw failed(ex);
        }
    }

    @Override
    public void write(byte[] buffer, int offset, int count) throws IOException {
        try {
            requireOpen();
            requireRoom(count);
            this.upload.lookIfTime();
            int now = count;
            if (count > 0 && isAtEnd(count) && !isWhole(count)) {
                now--;
                this.lastByte = buffer[offset + now] & 0xff;
            }
            if (now > 0) {
                this.out.write(buffer, offset, now);
            }
            this.written += count;
        } catch (IOException ex) {
            throw failed(ex);
        }
    }

    private void requireOpen() throws StreamClosedException {
        if (this.closed) {
            throw new StreamClosedException("The body of the request is closed already");
        }
    }

    private void requireRoom(int count) throws IOException {
        if (hasDeclaredLength() && count > this.length - this.written) {
            throw new IOException(
                    "The body of the request is longer than the %d bytes of its Content-Length. Leave that header to the client."
                            .formatted(this.length));
        }
    }

    private boolean isAtEnd(int count) {
        return this.written + count == this.length;
    }

    /** What came out of memory in one piece is whole; and what is larger than the buffer would cost a write more. */
    private boolean isWhole(int count) {
        return this.repeatable && count == this.length && count > Sending.BUFFER_BYTES;
    }

    /** What is at its end is flushed with it. */
    @Override
    public void flush() throws IOException {
        if (this.closed || this.written == this.length) {
            return;
        }
        try {
            this.out.flush();
        } catch (IOException ex) {
            throw failed(ex);
        }
    }

    @Override
    public void close() {
        this.closed = true;
    }

    /** The first failure is the reason, whatever the writer of the body makes of it, and be it nothing. */
    private IOException failed(IOException ex) {
        if (this.failure == null) {
            this.failure = ex;
        }
        return ex;
    }

    /**
     * Ends the body, which was written without a failure.
     *
     * @throws IOException if it cannot have been
     */
    void complete() throws IOException {
        if (this.failure != null) {
            throw this.failure;
        }
        if (this.written < this.length) {
            throw new IOException(
                    "The body of the request ended after %d of the %d bytes of its Content-Length. Leave that header to the client."
                            .formatted(this.written, this.length));
        }
        if (this.lastByte != NONE) {
            this.out.write(this.lastByte);
        }
        this.out.close();
    }
}

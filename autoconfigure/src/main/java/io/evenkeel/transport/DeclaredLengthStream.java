// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Holds the body of a request to the length that its head announces, which may be a header of the caller. HttpClient drops
 * what is beyond it without a word; and if something is missing and the server answers all the same, the next request on
 * the connection is taken for the rest of the body.
 */
final class DeclaredLengthStream extends FilterOutputStream {

    private final long length;
    private long written;
    private boolean closed;

    DeclaredLengthStream(OutputStream out, long length) {
        super(out);
        this.length = length;
    }

    @Override
    public void write(int one) throws IOException {
        add(1);
        this.out.write(one);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        add(length);
        this.out.write(buffer, offset, length);
    }

    private void add(int more) throws IOException {
        if (more > this.length - this.written) {
            throw new IOException(
                    "The body of the request is longer than the %d bytes of its Content-Length. Leave that header to the client."
                            .formatted(this.length));
        }
        this.written += more;
    }

    @Override
    public void close() throws IOException {
        if (this.closed) {
            return;
        }
        this.closed = true;
        if (this.written < this.length) {
            throw new IOException(
                    "The body of the request ended after %d of the %d bytes of its Content-Length. Leave that header to the client."
                            .formatted(this.written, this.length));
        }
        this.out.close();
    }
}

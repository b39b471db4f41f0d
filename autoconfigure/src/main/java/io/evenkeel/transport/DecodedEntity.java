// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/** A decompressed body that tells when it is its compression that is broken. */
final class DecodedEntity extends HttpEntityWrapper {

    private final UnaryOperator<IOException> translation;
    private @Nullable InputStream content;

    /** @param translation makes of a failure what the caller is to see */
    DecodedEntity(HttpEntity entity, UnaryOperator<IOException> translation) {
        super(entity);
        this.translation = translation;
    }

    @Override
    public InputStream getContent() throws IOException {
        if (this.content == null) {
            this.content = new Decoded(super.getContent(), this.translation);
        }
        return this.content;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (InputStream in = getContent()) {
            in.transferTo(out);
        }
    }

    private static final class Decoded extends FilterInputStream {

        private final UnaryOperator<IOException> translation;
        private volatile boolean closed;

        Decoded(InputStream in, UnaryOperator<IOException> translation) {
            super(in);
            this.translation = translation;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return this.in.read(buffer, offset, length);
            } catch (IOException ex) {
                throw translated(ex);
            } catch (NullPointerException ex) {
                // What an Inflater says that another thread has ended.
                if (this.closed) {
                    throw new IOException("The response was closed while it was read", ex);
                }
                throw ex;
            }
        }

        @Override
        public long skip(long n) throws IOException {
            try {
                return this.in.skip(n);
            } catch (IOException ex) {
                throw translated(ex);
            }
        }

        @Override
        public int available() throws IOException {
            try {
                return this.in.available();
            } catch (IOException ex) {
                throw translated(ex);
            }
        }

        /** Reading on after closing is the fault of nobody but the caller. */
        private IOException translated(IOException ex) {
            return this.closed ? ex : this.translation.apply(ex);
        }

        @Override
        public void close() throws IOException {
            this.closed = true;
            super.close();
        }
    }
}

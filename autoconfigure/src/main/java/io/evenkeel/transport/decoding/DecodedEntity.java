// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.decoding;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.hc.core5.http.HttpEntity;

/**
 * A decompressed body that tells when it is its compression that is broken. Nothing at all is an empty body in any
 * coding, if it is certain that nothing is all that was sent.
 */
final class DecodedEntity extends ContentEntity {

    private final BooleanSupplier endedEmpty;
    private final UnaryOperator<IOException> translation;

    /**
     * @param endedEmpty whether the encoded body has ended as it should, without a byte
     * @param translation makes of a failure what the caller is to see
     */
    DecodedEntity(HttpEntity entity, BooleanSupplier endedEmpty, UnaryOperator<IOException> translation) {
        super(entity);
        this.endedEmpty = endedEmpty;
        this.translation = translation;
    }

    @Override
    InputStream through(InputStream in) {
        return new Decoded(in, this.endedEmpty, this.translation);
    }

    private static final class Decoded extends FilterInputStream {

        private final BooleanSupplier endedEmpty;
        private final UnaryOperator<IOException> translation;
        private volatile boolean closed;

        Decoded(InputStream in, BooleanSupplier endedEmpty, UnaryOperator<IOException> translation) {
            super(in);
            this.endedEmpty = endedEmpty;
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
                return elseEmpty(-1, ex);
            } catch (NullPointerException | IllegalStateException ex) {
                // What an Inflater says that another thread has ended, until JDK 24 and from then on.
                throw new IOException("The response was closed while it was read", ex);
            }
        }

        @Override
        public long skip(long n) throws IOException {
            try {
                return this.in.skip(n);
            } catch (IOException ex) {
                return elseEmpty(0, ex);
            }
        }

        @Override
        public int available() throws IOException {
            try {
                return this.in.available();
            } catch (IOException ex) {
                return elseEmpty(0, ex);
            }
        }

        private int elseEmpty(int ifEmpty, IOException ex) throws IOException {
            // Reading on after closing is the fault of nobody but the caller.
            if (this.closed) {
                throw ex;
            }
            if (this.endedEmpty.getAsBoolean()) {
                return ifEmpty;
            }
            throw this.translation.apply(ex);
        }

        @Override
        public void close() throws IOException {
            this.closed = true;
            super.close();
        }
    }
}

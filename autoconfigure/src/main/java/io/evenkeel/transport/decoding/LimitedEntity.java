// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.decoding;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** A body that is counted while it is read. It buffers nothing, and hands out no more than one byte above its limit. */
final class LimitedEntity extends ContentEntity {

    private final long limit;
    private final Check check;

    /**
     * @param limit bytes, beyond which the check will fail; 0 is none
     * @param check asked behind each read
     */
    LimitedEntity(HttpEntity entity, long limit, Check check) {
        super(entity);
        this.limit = limit;
        this.check = check;
    }

    @Override
    InputStream through(InputStream in) {
        return new Limited(in, this.limit, this.check);
    }

    /** Judges how much was read. */
    interface Check {

        /**
         * @param count bytes so far
         * @throws IOException if that is too much
         */
        void accept(long count) throws IOException;
    }

    private static final class Limited extends FilterInputStream {

        private final long limit;
        private final Check check;
        private long count;
        private @Nullable IOException refused;

        Limited(InputStream in, long limit, Check check) {
            super(in);
            this.limit = limit;
            this.check = check;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = this.in.read(buffer, offset, (int) most(length));
            count(read);
            return read;
        }

        @Override
        public long skip(long n) throws IOException {
            long skipped = this.in.skip(most(n));
            count(skipped);
            return skipped;
        }

        /** {@return as much as wanted, or what shows that there is too much} */
        private long most(long wanted) throws IOException {
            if (this.refused != null) {
                throw this.refused;
            }
            return (this.limit > 0) ? Math.min(wanted, this.limit - this.count + 1) : wanted;
        }

        private void count(long more) throws IOException {
            if (more <= 0) {
                return;
            }
            this.count += more;
            try {
                this.check.accept(this.count);
            } catch (IOException ex) {
                this.refused = ex;
                throw ex;
            }
        }

        // What is read again would count twice.
        @Override
        public boolean markSupported() {
            return false;
        }
    }
}

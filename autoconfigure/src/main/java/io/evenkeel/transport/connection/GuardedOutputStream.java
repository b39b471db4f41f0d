// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The stream that a connection writes its requests to, above TLS. It lets the {@link Sending} look before the first write
 * of each, and tells it when the socket fails: an exception does not say whether that was the reason, or the body that
 * was to be sent.
 */
final class GuardedOutputStream extends FilterOutputStream {

    private final Sending sending;
    private final Upload upload;

    GuardedOutputStream(OutputStream out, Sending sending, Upload upload) {
        super(out);
        this.upload = upload;
        this.sending = sending;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        try {
            this.sending.beforeWrite();
            this.upload.write(this.out, buffer, offset, length);
        } catch (IOException ex) {
            this.sending.failed(ex);
            throw ex;
        }
    }
}

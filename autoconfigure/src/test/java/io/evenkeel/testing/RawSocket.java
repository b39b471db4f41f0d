// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The TCP end of a connection, below TLS. It can look for what has arrived without handing it to the reader, which is
 * how a stalling server learns that its client has gone, and it can send slowly. One thread reads and writes.
 */
final class RawSocket extends Socket {

    /** What {@link #readAhead} found. */
    enum Arrival {
        DATA,
        END,
        NOTHING
    }

    /** How slowly to send. */
    record Pace(int bytes, Duration interval) {

        void write(OutputStream out, byte[] data, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += this.bytes) {
                out.write(data, offset + done, Math.min(this.bytes, length - done));
                out.flush();
                rest(this.interval);
            }
        }
    }

    // Enough for a ClientHello or a head, and so little that "does not read" is still true of a large upload.
    private static final int READ_AHEAD = 16 * 1024;

    private final OutputStream record;

    private @Nullable ReadAhead input;

    private volatile @Nullable Pace pace;

    private RawSocket(OutputStream record) {
        this.record = record;
    }

    /** Accepts a connection; everything it receives is also written to the given stream. */
    static final class Listener extends ServerSocket {

        Listener(String address, int port, int backlog) throws IOException {
            super(port, backlog, InetAddress.getByName(address));
        }

        RawSocket accept(OutputStream record) throws IOException {
            RawSocket socket = new RawSocket(record);
            implAccept(socket);
            socket.input = socket.new ReadAhead(socket.plainInput());
            socket.setTcpNoDelay(true);
            return socket;
        }
    }

    private InputStream plainInput() throws IOException {
        return super.getInputStream();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return (this.input != null) ? this.input : super.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {

            @Override
            public void write(byte[] data, int offset, int length) throws IOException {
                Pace current = RawSocket.this.pace;
                if (current != null) {
                    current.write(this.out, data, offset, length);
                } else {
                    this.out.write(data, offset, length);
                }
            }
        };
    }

    void sendAt(Pace slow) {
        this.pace = slow;
    }

    /** Waits for bytes or the end of the stream, and keeps the bytes for the reader. */
    Arrival readAhead(Duration limit) throws IOException {
        ReadAhead ahead = this.input;
        return (ahead != null) ? ahead.fill(limit) : Arrival.NOTHING;
    }

    /** Forgets what has arrived: with unread bytes the kernel would answer close() with RST instead of FIN. */
    void discardArrived() throws IOException {
        InputStream in = getInputStream();
        byte[] rubbish = new byte[READ_AHEAD];
        while (in.available() > 0 && in.read(rubbish) >= 0) {
            // more may have arrived
        }
    }

    static void rest(Duration duration) throws InterruptedIOException {
        long start = System.nanoTime();
        long left = duration.toNanos();
        try {
            // A sleep may be rounded down to milliseconds.
            while (left > 0) {
                TimeUnit.NANOSECONDS.sleep(left);
                left = duration.toNanos() - (System.nanoTime() - start);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The server is closed");
        }
    }

    private final class ReadAhead extends InputStream {

        private final InputStream in;

        private final byte[] ahead = new byte[READ_AHEAD];

        private int start;

        private int end;

        private boolean ended;

        ReadAhead(InputStream in) {
            this.in = in;
        }

        Arrival fill(Duration limit) throws IOException {
            if (this.ended) {
                return Arrival.END;
            }
            if (this.start == this.end) {
                this.start = 0;
                this.end = 0;
            }
            if (this.end == this.ahead.length) {
                rest(limit);
                return Arrival.NOTHING;
            }
            setSoTimeout((int) Math.max(1, limit.toMillis()));
            try {
                int count = receive(this.ahead, this.end, this.ahead.length - this.end);
                this.end += Math.max(0, count);
                return this.ended ? Arrival.END : Arrival.DATA;
            } catch (SocketTimeoutException ex) {
                return Arrival.NOTHING;
            } finally {
                setSoTimeout(0);
            }
        }

        private int receive(byte[] data, int offset, int length) throws IOException {
            int count = this.in.read(data, offset, length);
            if (count > 0) {
                RawSocket.this.record.write(data, offset, count);
            }
            this.ended = count < 0;
            return count;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] data, int offset, int length) throws IOException {
            if (this.start < this.end) {
                int count = Math.min(length, this.end - this.start);
                System.arraycopy(this.ahead, this.start, data, offset, count);
                this.start += count;
                return count;
            }
            return this.ended ? -1 : receive(data, offset, length);
        }

        @Override
        public int available() throws IOException {
            return this.end - this.start + (this.ended ? 0 : this.in.available());
        }

        @Override
        public void close() throws IOException {
            this.in.close();
        }
    }
}

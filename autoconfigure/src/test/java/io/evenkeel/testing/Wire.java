// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection as the effects see it: bytes in and out, with or without TLS, and all the ways to end it.
 * Used by the thread of the connection, except for {@link #finFromOutside}, {@link #rst} and
 * {@link #received}.
 */
final class Wire {

    private static final Duration GLANCE = Duration.ofMillis(5);

    private final ByteArrayOutputStream received;

    private final RawSocket raw;

    private final CountDownLatch released;

    private InputStream in;

    private OutputStream out;

    private volatile @Nullable SSLSocket tls;

    private RawSocket.@Nullable Pace pace;

    private boolean outputEnded;

    private volatile boolean closed;

    private Wire(RawSocket raw, ByteArrayOutputStream received, CountDownLatch released) throws IOException {
        this.raw = raw;
        this.received = received;
        this.released = released;
        this.in = new BufferedInputStream(raw.getInputStream());
        this.out = raw.getOutputStream();
    }

    static Wire accept(RawSocket.Listener listener, boolean tls, CountDownLatch released) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        // With TLS the plain text is what a test wants to see, so it is recorded further up.
        RawSocket raw = listener.accept(tls ? OutputStream.nullOutputStream() : received);
        return new Wire(raw, received, released);
    }

    SSLSession startTls(ServerTls settings) throws IOException {
        SSLSocket secured = settings.secure(this.raw);
        this.tls = secured;
        secured.startHandshake();
        this.in = new BufferedInputStream(new Recording(secured.getInputStream()));
        this.out = secured.getOutputStream();
        return secured.getSession();
    }

    /** {@return the next byte, or -1 if the connection ended, on whichever side} */
    int read() throws IOException {
        return this.closed ? -1 : this.in.read();
    }

    /** Sends bytes, unless our side of the connection has ended. */
    void write(byte[] data, int offset, int length) throws IOException {
        if (this.closed || this.outputEnded || length == 0) {
            return;
        }
        if (this.pace != null) {
            this.pace.write(this.out, data, offset, length);
        } else {
            this.out.write(data, offset, length);
            this.out.flush();
        }
    }

    void writeForever(byte[] data) throws IOException {
        while (!this.closed && !this.outputEnded) {
            write(data, 0, data.length);
        }
    }

    void drip(RawSocket.Pace slow) {
        if (this.tls == null) {
            this.raw.sendAt(slow);
        } else {
            // Above TLS, so that each drop is a record of its own and reaches the reader.
            this.pace = slow;
        }
    }

    /** Waits until the server releases its stalls, or the peer has gone. */
    void stall() throws IOException {
        until(this.released);
    }

    /** Waits until the latch opens, or the peer has gone. */
    void until(CountDownLatch latch) throws IOException {
        while (!this.closed && latch.getCount() > 0) {
            endIf(this.raw.readAhead(GLANCE) == RawSocket.Arrival.END);
        }
    }

    /** Waits that long, whatever the peer sends, or until it has gone. */
    void pause(Duration duration) throws IOException {
        long start = System.nanoTime();
        long left = duration.toNanos();
        while (!this.closed && left > 0) {
            endIf(this.raw.readAhead(slice(left)) == RawSocket.Arrival.END);
            left = duration.toNanos() - (System.nanoTime() - start);
        }
    }

    /** {@return whether nothing arrived for that long} */
    boolean idle(Duration duration) throws IOException {
        long start = System.nanoTime();
        long left = duration.toNanos();
        while (!this.closed && left > 0 && this.in.available() == 0) {
            if (this.raw.readAhead(slice(left)) != RawSocket.Arrival.NOTHING) {
                return false;
            }
            left = duration.toNanos() - (System.nanoTime() - start);
        }
        return left <= 0;
    }

    private static Duration slice(long nanos) {
        return (nanos < GLANCE.toNanos()) ? Duration.ofNanos(nanos) : GLANCE;
    }

    private void endIf(boolean gone) throws IOException {
        if (gone) {
            fin(false);
        }
    }

    /** Ends the connection in order: close_notify if wanted, FIN, and the socket is gone. */
    void fin(boolean closeNotify) throws IOException {
        if (this.closed) {
            return;
        }
        this.closed = true;
        try {
            endOutput(closeNotify);
            this.raw.discardArrived();
        } finally {
            this.raw.close();
        }
    }

    void rst() throws IOException {
        this.closed = true;
        this.raw.setSoLinger(true, 0);
        this.raw.close();
    }

    /** Ends our direction and goes on reading. */
    void halfClose() throws IOException {
        if (!this.closed) {
            this.outputEnded = true;
            endOutput(true);
        }
    }

    private void endOutput(boolean closeNotify) throws IOException {
        SSLSocket secured = this.tls;
        if (secured != null && closeNotify && !secured.isOutputShutdown()) {
            secured.shutdownOutput();
        }
        if (!this.raw.isClosed() && !this.raw.isOutputShutdown()) {
            this.raw.shutdownOutput();
        }
    }

    /**
     * Ends the connection while its own thread may be reading. With close_notify it waits for that thread if it writes,
     * without it never.
     */
    void finFromOutside(boolean closeNotify) throws IOException {
        this.closed = true;
        try {
            endOutput(closeNotify);
        } finally {
            this.raw.close();
        }
    }

    boolean isClosed() {
        return this.closed;
    }

    byte[] received() {
        return this.received.toByteArray();
    }

    private final class Recording extends FilterInputStream {

        Recording(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] data, int offset, int length) throws IOException {
            int count = super.read(data, offset, length);
            if (count > 0) {
                Wire.this.received.write(data, offset, count);
            }
            return count;
        }
    }

    /** The TLS side of a server. */
    record ServerTls(SSLContext context, String[] protocols, boolean clientCertificate) {

        SSLSocket secure(Socket raw) throws IOException {
            SSLSocket socket = (SSLSocket) this.context.getSocketFactory().createSocket(raw, null, true);
            socket.setUseClientMode(false);
            socket.setEnabledProtocols(this.protocols);
            socket.setNeedClientAuth(this.clientCertificate);
            return socket;
        }
    }
}

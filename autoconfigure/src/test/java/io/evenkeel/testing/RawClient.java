// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A client without any HTTP, to see exactly what a server does. Fails after 10 s without a byte. */
final class RawClient implements AutoCloseable {

    /** How the stream of the server ended. */
    enum End {
        FIN,
        RST
    }

    /** What a server sent until the end. */
    record Outcome(String text, End end) {}

    private static final int HANG_MILLIS = 10_000;

    private final ByteArrayOutputStream raw = new ByteArrayOutputStream();

    private final Socket socket;

    private RawClient(int port, @Nullable SSLContext tls) throws IOException {
        Socket plain = new RecordingSocket();
        try {
            plain.connect(new InetSocketAddress("127.0.0.1", port));
            plain.setSoTimeout(HANG_MILLIS);
            this.socket = (tls != null) ? secure(plain, tls, port) : plain;
        } catch (IOException ex) {
            plain.close();
            throw ex;
        }
    }

    static RawClient http(int port) throws IOException {
        return new RawClient(port, null);
    }

    static RawClient https(int port, SSLContext tls) throws IOException {
        return new RawClient(port, tls);
    }

    private static SSLSocket secure(Socket plain, SSLContext tls, int port) throws IOException {
        SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(plain, "localhost", port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    void send(String text) throws IOException {
        this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        this.socket.getOutputStream().flush();
    }

    /** {@return exactly so many characters} */
    String read(int count) throws IOException {
        return new String(this.socket.getInputStream().readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    int available() throws IOException {
        return this.socket.getInputStream().available();
    }

    Outcome readToEnd() throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            int next = this.socket.getInputStream().read();
            while (next >= 0) {
                text.append((char) next);
                next = this.socket.getInputStream().read();
            }
            return new Outcome(text.toString(), End.FIN);
        } catch (IOException ex) {
            if (isReset(ex)) {
                return new Outcome(text.toString(), End.RST);
            }
            throw ex;
        }
    }

    static boolean isReset(@Nullable Throwable ex) {
        return ex != null
                && ((ex instanceof SocketException
                                && String.valueOf(ex.getMessage()).contains("reset"))
                        || isReset(ex.getCause()));
    }

    /** {@return the type of the last TLS record: 21 is an alert, as long as it is TLS 1.2} */
    int lastTlsRecordType() {
        byte[] records = this.raw.toByteArray();
        int type = -1;
        int next = 0;
        while (next < records.length) {
            type = records[next];
            next += 5 + (((records[next + 3] & 0xff) << 8) | (records[next + 4] & 0xff));
        }
        return type;
    }

    void reset() throws IOException {
        this.socket.setSoLinger(true, 0);
        this.socket.close();
    }

    void endOutput() throws IOException {
        this.socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        this.socket.close();
    }

    /** Keeps what it received, below TLS. */
    private final class RecordingSocket extends Socket {

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {

                @Override
                public int read(byte[] data, int offset, int length) throws IOException {
                    int count = super.read(data, offset, length);
                    RawClient.this.raw.write(data, offset, Math.max(0, count));
                    return count;
                }
            };
        }
    }
}

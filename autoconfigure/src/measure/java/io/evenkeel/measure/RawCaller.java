// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import io.evenkeel.testing.TestTls;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The least that a call can be: a socket for each thread, and a few lines that know where an answer ends. */
final class RawCaller implements Caller {

    private final byte[] request;
    private final boolean stream;
    private final ThreadLocal<Connection> connections;

    RawCaller(Exchanged exchanged, String url) {
        URI uri = URI.create(url);
        boolean upload = exchanged == Exchanged.UPLOAD;
        String head = (upload ? "POST " : "GET ") + uri.getPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\n"
                + (upload ? "Content-Length: " + Exchanged.SENT.length + "\r\n" : "") + "\r\n";
        this.request = upload
                ? (head + new String(Exchanged.SENT, StandardCharsets.US_ASCII)).getBytes(StandardCharsets.US_ASCII)
                : head.getBytes(StandardCharsets.US_ASCII);
        this.stream = exchanged == Exchanged.STREAM;
        this.connections = ThreadLocal.withInitial(() -> Connection.open(uri));
    }

    @Override
    public int call() throws IOException {
        Connection connection = this.connections.get();
        connection.out.write(this.request);
        InputStream in = connection.in;
        readLine(in);
        int length = contentLength(in);
        if (!this.stream) {
            return in.readNBytes(length).length;
        }
        byte[] buffer = new byte[8192];
        for (int left = length; left > 0; ) {
            int read = in.read(buffer, 0, Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException();
            }
            left -= read;
        }
        return length;
    }

    static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** {@return the length of the body behind the header fields, which are read to their end} */
    static int contentLength(InputStream in) throws IOException {
        int length = 0;
        for (String field = readLine(in); !field.isEmpty(); field = readLine(in)) {
            if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        field.substring("content-length:".length()).trim());
            }
        }
        return length;
    }

    private record Connection(InputStream in, OutputStream out) {

        static Connection open(URI uri) {
            try {
                Socket socket = uri.getScheme().equals("https")
                        ? TestTls.clientContext().getSocketFactory().createSocket(uri.getHost(), uri.getPort())
                        : new Socket(uri.getHost(), uri.getPort());
                socket.setTcpNoDelay(true);
                return new Connection(new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }
    }
}

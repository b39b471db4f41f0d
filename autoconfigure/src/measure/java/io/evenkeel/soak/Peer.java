// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/** A server's end of one connection, and what {@link Fault}s are made of. Used by one thread, and closed by any. */
final class Peer implements Runnable, AutoCloseable {

    /** A record of TLS: alert, fatal, handshake_failure. */
    static final byte[] HANDSHAKE_FAILURE = {21, 3, 3, 0, 2, 2, 40};

    static final String CHUNKED = "Transfer-Encoding: chunked";

    static final String GZIPPED = "Content-Encoding: gzip";

    /** Longer than the client waits for anything. */
    /** What an answer is to that nobody asked for. */
    static final String POISON = "poison";

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Socket raw;
    private final FaultyServer server;
    private final Random random;
    private Socket socket;
    private PushbackInputStream in;
    private OutputStream out;

    Peer(Socket raw, FaultyServer server, Random random) throws IOException {
        this.raw = raw;
        this.server = server;
        this.random = random;
        this.socket = raw;
        this.in = new PushbackInputStream(raw.getInputStream());
        this.out = raw.getOutputStream();
    }

    @Override
    public void run() {
        try {
            this.raw.setTcpNoDelay(true);
            AcceptFault[] faults = AcceptFault.values();
            if (this.server.isRude() && !faults[random(faults.length)].endures(this)) {
                return;
            }
            this.socket = this.server.secure(this.raw);
            this.in = new PushbackInputStream(new BufferedInputStream(this.socket.getInputStream()));
            this.out = this.socket.getOutputStream();
            while (serve()) {
                // the next request
            }
        } catch (IOException ex) {
            // The client has gone, or was sent away.
        } finally {
            close();
            this.server.gone(this);
        }
    }

    private boolean serve() throws IOException {
        this.socket.setSoTimeout(0);
        Request request = Request.read(this.in);
        if (request == null) {
            return false;
        }
        if (!request.fault().comesBeforeBody()) {
            receive(request);
        }
        return request.fault().happens(this, request);
    }

    private void receive(Request request) throws IOException {
        byte[] body;
        try {
            body = request.body();
        } catch (IOException ex) {
            this.server.ledger().brokeOff();
            throw ex;
        }
        this.server.ledger().received(request, request.check(body));
    }

    // --- what can be sent -------------------------------------------------------------------------------------------

    int random(int bound) {
        return this.random.nextInt(bound);
    }

    boolean chance(double probability) {
        return this.random.nextDouble() < probability;
    }

    void send(byte[]... parts) throws IOException {
        this.out.write(join(parts));
    }

    void send(String text) throws IOException {
        send(ascii(text));
    }

    void sendSlowly(byte[] bytes, Duration all) throws IOException {
        int pieces = Math.min(bytes.length, 10);
        for (int piece = 0; piece < pieces; piece++) {
            int from = (int) ((long) bytes.length * piece / pieces);
            int to = (int) ((long) bytes.length * (piece + 1) / pieces);
            this.out.write(bytes, from, to - from);
            rest(all.dividedBy(pieces));
        }
    }

    /** Sends what may be any number of the bytes, but not all. */
    void sendPart(byte[] bytes) throws IOException {
        this.out.write(bytes, 0, this.random.nextInt(bytes.length));
    }

    /** Sends bytes in the middle of TLS; nothing if there is none. */
    void sendBelowTls(byte[] bytes) throws IOException {
        if (this.server.isTls()) {
            this.raw.getOutputStream().write(bytes);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** {@return a head that names the request, up to and with its empty line} */
    static byte[] head(String id, String status, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n" + FaultyServer.ID + ": " + id + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return ascii(head.append("\r\n").toString());
    }

    static byte[] head(Request request, String status, String... headers) {
        return head(request.id(), status, headers);
    }

    static String length(byte[] body) {
        return "Content-Length: " + body.length;
    }

    byte[] payload(Request request) {
        return Payload.of(this.server.answersAs(request.id()), request.size());
    }

    /** {@return an answer without any fault} */
    byte[] answer(Request request) {
        byte[] body = payload(request);
        return join(head(request, "200 OK", length(body)), body);
    }

    /** {@return an answer to nobody} */
    static byte[] poison(String status, String... headers) {
        byte[] body = Payload.of(POISON, 20);
        List<String> all = new ArrayList<>(List.of(headers));
        all.add(length(body));
        return join(head(POISON, status, all.toArray(String[]::new)), body);
    }

    byte[] chunks(byte[] body, boolean last) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int done = 0; done < body.length; ) {
            int size = Math.min(body.length - done, 1 + this.random.nextInt(10_000));
            all.writeBytes(ascii(Integer.toHexString(size) + "\r\n"));
            all.write(body, done, size);
            all.writeBytes(ascii("\r\n"));
            done += size;
        }
        if (last) {
            all.writeBytes(ascii("0\r\n\r\n"));
        }
        return all.toByteArray();
    }

    static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(all)) {
            out.write(body);
        }
        return all.toByteArray();
    }

    // --- how a connection can end -----------------------------------------------------------------------------------

    void rest(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }

    void rest(int mostMillis) {
        LockSupport.parkNanos((long) (this.random.nextDouble() * TimeUnit.MILLISECONDS.toNanos(mostMillis)));
    }

    /** FIN; with TLS, half of the time without a goodbye. */
    boolean fin() throws IOException {
        if (chance(0.5)) {
            // What was not read would make it a reset.
            while (this.in.available() > 0 && this.in.skip(this.in.available()) > 0) {
                // more may have come
            }
            this.socket.close();
        }
        this.raw.close();
        return false;
    }

    boolean reset() throws IOException {
        this.raw.setSoLinger(true, 0);
        this.raw.close();
        return false;
    }

    /** Says nothing more, and listens until the client goes. */
    boolean stall() throws IOException {
        this.socket.setSoTimeout((int) PATIENCE.toMillis());
        try {
            while (this.in.read() >= 0) {
                // whatever it is
            }
        } catch (SocketTimeoutException ex) {
            // It has no patience either.
        }
        return false;
    }

    /** Reads nothing, and closes after a while. */
    boolean ignore() throws IOException {
        rest((int) PATIENCE.toMillis());
        return reset();
    }

    boolean halfClose() throws IOException {
        this.raw.shutdownOutput();
        return stall();
    }

    /** {@return whether the client stays silent for some time, up to so many milliseconds} */
    boolean isSilent(int mostMillis) throws IOException {
        return isSilent(Duration.ofMillis(1 + this.random.nextInt(mostMillis)));
    }

    private boolean isSilent(Duration duration) throws IOException {
        this.socket.setSoTimeout((int) duration.toMillis());
        try {
            int next = this.in.read();
            if (next < 0) {
                throw new IOException("The client has closed");
            }
            this.in.unread(next);
            return false;
        } catch (SocketTimeoutException ex) {
            return true;
        }
    }

    /** After something that nobody asked for: what comes now was on its way. */
    boolean sayNothingToWhatCrosses() throws IOException {
        if (!isSilent(PATIENCE)) {
            Request crossed = Request.read(this.in);
            if (crossed != null) {
                this.server.ledger().crossed(crossed.id());
            }
        }
        return fin();
    }

    @Override
    public void close() {
        try {
            this.raw.close();
        } catch (IOException ex) {
            // It is gone.
        }
    }
}

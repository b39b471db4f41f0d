// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.transport.socket.GuardedSocket;
import io.evenkeel.transport.socket.ReadDeadline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one connection, that of TLS and the one below it, with the streams that HttpClient reads and writes. Both
 * streams are watched, and all reads can be bounded together. Used by one thread at a time, as its connection is.
 */
final class GuardedSocketHolder extends SocketHolder {

    private final Sending sending;
    private final Upload upload;
    private final ReadDeadline ownDeadline;
    private final Runnable onEnd;

    /**
     * @param ownDeadline for a socket that is not one of ours, and has none
     * @param onEnd hears when the peer has ended what it sends, or the socket fails in reading
     */
    GuardedSocketHolder(Socket socket, Sending sending, Upload upload, ReadDeadline ownDeadline, Runnable onEnd) {
        super(socket);
        this.sending = sending;
        this.upload = upload;
        this.ownDeadline = ownDeadline;
        this.onEnd = onEnd;
    }

    /** The same for a connection with TLS. */
    GuardedSocketHolder(
            SSLSocket sslSocket,
            Socket socket,
            Sending sending,
            Upload upload,
            ReadDeadline ownDeadline,
            Runnable onEnd) {
        super(sslSocket, socket);
        this.sending = sending;
        this.upload = upload;
        this.ownDeadline = ownDeadline;
        this.onEnd = onEnd;
    }

    @Override
    protected InputStream getInputStream(Socket socket) throws IOException {
        ReadDeadline deadline = (guarded() != null) ? null : this.ownDeadline;
        return new GuardedInputStream(socket.getInputStream(), socket, deadline, this.onEnd);
    }

    @Override
    protected OutputStream getOutputStream(Socket socket) throws IOException {
        return new GuardedOutputStream(socket.getOutputStream(), this.sending, this.upload);
    }

    GuardedInputStream input() throws IOException {
        return (GuardedInputStream) getInputStream();
    }

    /** {@return the socket below, if it is one of ours} */
    @Nullable
    GuardedSocket guarded() {
        return (getBaseSocket() instanceof GuardedSocket guarded) ? guarded : null;
    }

    /** {@return the channel below, if there is one} */
    @Nullable
    SocketChannel channel() {
        return getBaseSocket().getChannel();
    }

    /** {@return decrypted bytes that wait in the TLS layer} */
    int decrypted() throws IOException {
        SSLSocket tls = getSSLSocket();
        return (tls != null) ? tls.getInputStream().available() : 0;
    }

    /** Bounds all reads from now on, taken together, until {@link #endDeadline}. */
    void beginDeadline(Timeout limit) throws IOException {
        if (limit.isEnabled()) {
            deadline().begin(getSocket(), limit.toMillisecondsIntBound());
        }
    }

    /** Gives what follows the whole time again; {@link ReadDeadline#renew}. */
    void renewDeadline(int leastMillis) {
        deadline().renew(leastMillis);
    }

    void endDeadline() throws IOException {
        deadline().end(getSocket());
    }

    private ReadDeadline deadline() {
        GuardedSocket guarded = guarded();
        return (guarded != null) ? guarded.deadline() : this.ownDeadline;
    }
}

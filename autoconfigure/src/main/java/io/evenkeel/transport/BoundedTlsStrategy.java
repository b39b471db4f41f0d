// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Bounds a handshake as a whole by the timeout that the socket has for each of its reads: a server that sends a byte now
 * and then could go on for hours.
 */
final class BoundedTlsStrategy implements TlsSocketStrategy {

    private final TlsSocketStrategy delegate;

    BoundedTlsStrategy(TlsSocketStrategy delegate) {
        this.delegate = delegate;
    }

    @Override
    public SSLSocket upgrade(Socket socket, String target, int port, @Nullable Object attachment, HttpContext context)
            throws IOException {
        int timeout = socket.getSoTimeout();
        if (timeout == 0 || !(socket instanceof GuardedSocket guarded)) {
            return this.delegate.upgrade(socket, target, port, attachment, context);
        }
        guarded.deadline().begin(guarded, timeout);
        SSLSocket upgraded = this.delegate.upgrade(socket, target, port, attachment, context);
        // After a failure nobody uses the socket any more.
        guarded.deadline().end(guarded);
        return upgraded;
    }
}

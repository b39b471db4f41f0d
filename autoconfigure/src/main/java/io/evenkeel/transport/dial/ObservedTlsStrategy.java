// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.event.CallPhase;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.transport.deadline.CallDeadline;
import java.io.IOException;
import java.net.Socket;
import java.time.Clock;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Tells how long handshakes take and whether they resume a session. */
public final class ObservedTlsStrategy implements TlsSocketStrategy {

    private final TlsSocketStrategy delegate;
    private final Clock clock;

    public ObservedTlsStrategy(TlsSocketStrategy delegate, Clock clock) {
        this.delegate = delegate;
        this.clock = clock;
    }

    @Override
    public SSLSocket upgrade(Socket socket, String target, int port, @Nullable Object attachment, HttpContext context)
            throws IOException {
        Dialing dialing = Dialing.current(context);
        if (dialing == null) {
            return this.delegate.upgrade(socket, target, port, attachment, context);
        }
        long begin = this.clock.millis();
        HandshakeResult result = HandshakeResult.FAILED;
        dialing.handshakeBegins();
        CallDeadline.enter(context, CallPhase.HANDSHAKE);
        try {
            SSLSocket secured = this.delegate.upgrade(socket, target, port, attachment, context);
            // A resumed session keeps the time of the handshake that founded it, in TLS 1.2 and 1.3 (JSSE).
            boolean resumed = secured.getSession().getCreationTime() < begin;
            result = resumed ? HandshakeResult.RESUMED : HandshakeResult.FULL;
            return secured;
        } finally {
            dialing.handshakeEnded(result);
            CallDeadline.enter(context, CallPhase.CONNECTING);
        }
    }
}

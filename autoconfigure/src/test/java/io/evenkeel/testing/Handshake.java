// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A TLS handshake that {@link ScriptedServer} completed.
 *
 * @param connection the index of the connection
 * @param protocol the negotiated protocol, such as {@code TLSv1.3}
 * @param resumed whether a former session was resumed, so that no certificate was shown
 * @param client the subject of the client's certificate, or null if it showed none
 */
public record Handshake(
        int connection,
        String protocol,
        boolean resumed,
        @Nullable String client) {

    /**
     * {@return when a handshake begins, for {@link #of}} Waits for the next millisecond, the grain of the creation
     * time, so that every session there was before is older.
     */
    static long begin() {
        long before = System.currentTimeMillis();
        long now = before;
        while (now == before) {
            Thread.onSpinWait();
            now = System.currentTimeMillis();
        }
        return now;
    }

    /**
     * Reads the outcome of a handshake from its session. A resumed session keeps its creation time; other signs are not
     * reliable: TLS 1.3 gives it a new id, and JDK 25 asks the key manager for the certificate of a resumed one too.
     */
    static Handshake of(int connection, SSLSession session, long begun) {
        boolean resumed = session.getCreationTime() < begun;
        return new Handshake(connection, session.getProtocol(), resumed, client(session));
    }

    private static @Nullable String client(SSLSession session) {
        try {
            return session.getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException ex) {
            return null;
        }
    }
}

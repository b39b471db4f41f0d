// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A TLS handshake that {@link ScriptedServer} completed.
 *
 * @param connection the index of the connection
 * @param protocol the negotiated protocol, such as {@code TLSv1.3}
 * @param resumed whether a former session was resumed, so that no certificate was shown
 * @param client the subject of the client's certificate, or null if it showed none
 */
public record Handshake(int connection, String protocol, boolean resumed, @Nullable String client) {

    /**
     * Tells a full handshake from a resumed one: only a full one needs the key of the server. (Session ids and creation
     * times do not tell: the ids of TLS 1.3 are new each time, and times have the grain of a millisecond.)
     */
    static final class Witness extends X509ExtendedKeyManager {

        private final X509ExtendedKeyManager delegate;

        private final Set<Socket> full = ConcurrentHashMap.newKeySet();

        Witness(KeyManager delegate) {
            this.delegate = (X509ExtendedKeyManager) delegate;
        }

        /** {@return whether the server's key was asked for; answers once} */
        boolean wasFull(Socket socket) {
            return this.full.remove(socket);
        }

        @Override
        public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
            this.full.add(socket);
            return this.delegate.chooseServerAlias(keyType, issuers, socket);
        }

        @Override
        public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, Socket socket) {
            return this.delegate.chooseClientAlias(keyType, issuers, socket);
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return this.delegate.getServerAliases(keyType, issuers);
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return this.delegate.getClientAliases(keyType, issuers);
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return this.delegate.getCertificateChain(alias);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return this.delegate.getPrivateKey(alias);
        }
    }
}

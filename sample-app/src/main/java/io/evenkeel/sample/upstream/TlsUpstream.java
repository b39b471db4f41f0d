// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.time.Duration;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.stereotype.Component;

/** An HTTPS server that counts handshakes, and how many of them resumed an earlier session. */
@Component
public final class TlsUpstream extends JettyServer {

    TlsUpstream(SslBundles bundles) {
        super("upstream-tls", "https", Duration.ofSeconds(1), () -> factories(bundles));
        serve(new CallHandler());
        for (Side side : Side.values()) {
            connector(side).addBean(new HandshakeCounter(tally(side)));
        }
    }

    private static ConnectionFactory[] factories(SslBundles bundles) {
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setSslContext(bundles.getBundle("upstream-server").createSslContext());
        HttpConnectionFactory http = new HttpConnectionFactory(new HttpConfiguration());
        return new ConnectionFactory[] {new SslConnectionFactory(ssl, http.getProtocol()), http};
    }

    /**
     * Tells a resumed session from a new one by its age: JSSE carries the creation time over, inside the session
     * ticket too, so that a resumed session is older than the connection it is used on.
     */
    private record HandshakeCounter(Tally tally) implements SslHandshakeListener {

        @Override
        public void handshakeSucceeded(Event event) {
            SSLSession session = event.getSSLEngine().getSession();
            tally.handshake(session.getCreationTime() < event.getEndPoint().getCreatedTimeStamp());
        }
    }
}

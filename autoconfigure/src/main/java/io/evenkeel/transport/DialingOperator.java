// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Dials, and lets the {@link Dialing} know which connection it is that is being opened. */
final class DialingOperator extends DefaultHttpClientConnectionOperator {

    DialingOperator(DetachedSocketFactory sockets, DnsResolver resolver, Lookup<TlsSocketStrategy> tls) {
        super(sockets, null, resolver, tls);
    }

    @Override
    public void connect(
            ManagedHttpClientConnection connection,
            HttpHost host,
            @Nullable NamedEndpoint name,
            @Nullable Path unixDomainSocket,
            @Nullable InetSocketAddress localAddress,
            @Nullable Timeout timeout,
            SocketConfig config,
            @Nullable Object attachment,
            HttpContext context)
            throws IOException {
        Dialing dialing = Dialing.current(context);
        if (dialing != null) {
            dialing.opens(connection);
        }
        super.connect(connection, host, name, unixDomainSocket, localAddress, timeout, config, attachment, context);
    }
}

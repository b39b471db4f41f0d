// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.proxy;

import io.evenkeel.policy.ProxyServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one proxy of a client, for all hosts but some. */
public final class FixedProxySelector extends ProxySelector {

    private final ProxyServer server;
    private final List<Proxy> proxy;

    public FixedProxySelector(ProxyServer server) {
        this.server = server;
        // Resolved whenever it is dialed, as any other name.
        this.proxy =
                List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(server.host(), server.port())));
    }

    @Override
    public List<Proxy> select(@Nullable URI uri) {
        String host = (uri != null) ? hostOf(uri) : null;
        return (host != null && this.server.nonProxyHosts().matches(host)) ? List.of(Proxy.NO_PROXY) : this.proxy;
    }

    /** A name with an underscore is no host to a URI, but one to a resolver. */
    private static @Nullable String hostOf(URI uri) {
        String authority = uri.getRawAuthority();
        if (uri.getHost() != null || authority == null) {
            return uri.getHost();
        }
        String host = authority.substring(authority.lastIndexOf('@') + 1);
        return (host.indexOf(':') >= 0) ? host.substring(0, host.indexOf(':')) : host;
    }

    @Override
    public void connectFailed(@Nullable URI uri, @Nullable SocketAddress address, @Nullable IOException failure) {
        // There is no other.
    }
}

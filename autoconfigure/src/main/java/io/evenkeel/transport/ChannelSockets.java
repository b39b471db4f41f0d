// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.time.Ticker;
import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets that have a channel, which can be looked at without waiting. Channels know no SOCKS; where a proxy of
 * that kind is set, for the connection or for the JVM, the socket is one without.
 */
final class ChannelSockets implements DetachedSocketFactory {

    private final Ticker ticker;

    ChannelSockets(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public Socket create(@Nullable Proxy socksProxy) throws IOException {
        if (socksProxy != null) {
            return new Socket(socksProxy);
        }
        if (System.getProperty("socksProxyHost") != null || Boolean.getBoolean("java.net.useSystemProxies")) {
            return new Socket();
        }
        return GuardedSocket.open(this.ticker);
    }
}

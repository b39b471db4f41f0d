// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.time.Ticker;
import io.evenkeel.transport.socket.GuardedSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketOption;
import jdk.net.ExtendedSocketOptions;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets that have a channel, which can be looked at without waiting. Channels know no SOCKS; where a proxy of
 * that kind is set, for the connection or for the JVM, the socket is one without.
 */
public final class ChannelSockets implements DetachedSocketFactory {

    private final Ticker ticker;
    private final boolean withoutSocks;

    /** @param withoutSocks whether a SOCKS proxy of the JVM does not count, since the client has a proxy of its own */
    public ChannelSockets(Ticker ticker, boolean withoutSocks) {
        this.ticker = ticker;
        this.withoutSocks = withoutSocks;
    }

    @Override
    public Socket create(@Nullable Proxy socksProxy) throws IOException {
        if (socksProxy != null) {
            return new Socket(socksProxy);
        }
        return haveChannels() ? GuardedSocket.open(this.ticker) : new Socket();
    }

    /** {@return whether sockets have channels, as far as the JVM is concerned} */
    boolean haveChannels() {
        return this.withoutSocks
                || (System.getProperty("socksProxyHost") == null && !Boolean.getBoolean("java.net.useSystemProxies"));
    }

    /** {@return a socket that is not connected yet, with its options} */
    Socket open(SocketConfig config, @Nullable InetSocketAddress localAddress) throws IOException {
        Socket socket = create(null);
        try {
            configure(socket, config);
            if (localAddress != null) {
                socket.bind(localAddress);
            }
            return socket;
        } catch (IOException | RuntimeException ex) {
            Closer.closeQuietly(socket);
            throw ex;
        }
    }

    /** Those that HttpClient sets by default. Users who want others customize the connection manager, which then dials itself. */
    private static void configure(Socket socket, SocketConfig config) throws IOException {
        socket.setSoTimeout(config.getSoTimeout().toMillisecondsIntBound());
        socket.setReuseAddress(config.isSoReuseAddress());
        socket.setTcpNoDelay(config.isTcpNoDelay());
        socket.setKeepAlive(config.isSoKeepAlive());
        set(socket, ExtendedSocketOptions.TCP_KEEPIDLE, config.getTcpKeepIdle());
        set(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, config.getTcpKeepInterval());
        set(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, config.getTcpKeepCount());
    }

    private static void set(Socket socket, SocketOption<Integer> option, int value) throws IOException {
        if (value > 0 && socket.supportedOptions().contains(option)) {
            socket.setOption(option, value);
        }
    }
}

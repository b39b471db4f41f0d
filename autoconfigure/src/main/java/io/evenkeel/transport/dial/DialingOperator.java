// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.event.CallPhase;
import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.socket.GuardedSocket;
import io.evenkeel.transport.socket.ReadDeadline;
import io.evenkeel.transport.support.Texts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.IOCallback;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Dials, and lets the {@link Dialing} know which connection it is that is being opened. HttpClient's own operator gives each
 * address of a host the whole connect timeout, one after the other, and TLS once more (HTTPCLIENT-2178).
 */
public final class DialingOperator extends DefaultHttpClientConnectionOperator {

    private final ChannelSockets sockets;
    private final DnsResolver resolver;
    private final Lookups lookups;
    private final Lookup<TlsSocketStrategy> tls;
    private final FailedAddresses memory;
    private final String limitKey;
    private final Ticker ticker;

    /** @param limitKey the property of the connect timeout, for messages */
    public DialingOperator(
            ChannelSockets sockets,
            DnsResolver resolver,
            Lookups lookups,
            Lookup<TlsSocketStrategy> tls,
            FailedAddresses memory,
            String limitKey,
            Ticker ticker) {
        super(sockets, null, resolver, tls);
        this.sockets = sockets;
        this.resolver = resolver;
        this.lookups = lookups;
        this.tls = tls;
        this.memory = memory;
        this.limitKey = limitKey;
        this.ticker = ticker;
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
            dialing.opens(connection, timeout);
        }
        if (unixDomainSocket != null || !(connection instanceof PooledConnection pooled)) {
            super.connect(connection, host, name, unixDomainSocket, localAddress, timeout, config, attachment, context);
            return;
        }
        CallDeadline.enter(context, CallPhase.RESOLVING);
        List<InetSocketAddress> addresses = resolve(host, context);
        CallDeadline.enter(context, CallPhase.CONNECTING);
        // From now on: nobody can end a lookup.
        Deadline deadline = deadline(timeout);
        HostDial dial = new HostDial(
                pooled,
                host,
                addresses,
                deadline,
                () -> this.sockets.open(config, localAddress),
                this.sockets.haveChannels(),
                this.memory,
                this.limitKey,
                this.ticker);
        TlsSocketStrategy strategy = this.tls.lookup(host.getSchemeName());
        NamedEndpoint tlsName = (name != null) ? name : host;
        dial.run(socket -> {
            if (strategy != null) {
                within(
                        deadline,
                        socket,
                        raw -> pooled.bind(
                                strategy.upgrade(raw, tlsName.getHostName(), tlsName.getPort(), attachment, context),
                                raw));
            }
        });
    }

    private Deadline deadline(@Nullable Timeout timeout) {
        return (timeout != null && timeout.isEnabled())
                ? Deadline.after(timeout.toDuration(), this.ticker)
                : Deadline.unlimited(this.ticker);
    }

    private List<InetSocketAddress> resolve(HttpHost host, HttpContext context) throws IOException {
        int port = DefaultSchemePortResolver.INSTANCE.resolve(host.getSchemeName(), host);
        return (host.getAddress() != null)
                ? List.of(new InetSocketAddress(host.getAddress(), port))
                : this.lookups.lookUp(
                        context,
                        new Name(this.resolver, host.getHostName(), port),
                        () -> this.resolver.resolve(host.getHostName(), port));
    }

    /** What is looked up, and with what. */
    private record Name(DnsResolver resolver, String host, int port) {}

    /** TLS in a tunnel. How long the proxy took to reach the server was limited by the read timeout. */
    @Override
    public void upgrade(
            ManagedHttpClientConnection connection,
            HttpHost host,
            @Nullable NamedEndpoint name,
            @Nullable Object attachment,
            HttpContext context)
            throws IOException {
        Dialing dialing = Dialing.current(context);
        Socket socket = connection.getSocket();
        if (dialing == null || socket == null) {
            super.upgrade(connection, host, name, attachment, context);
            return;
        }
        Deadline deadline = deadline(dialing.connectTimeout());
        try {
            within(deadline, socket, raw -> super.upgrade(connection, host, name, attachment, context));
        } catch (SocketTimeoutException ex) {
            ConnectTimeoutException timedOut = new ConnectTimeoutException(
                    "Connect to %s through its proxy failed: no TLS connection within %s (%s)"
                            .formatted(host.toURI(), Texts.duration(deadline.limit()), this.limitKey),
                    host);
            timedOut.initCause(ex);
            throw timedOut;
        }
    }

    /** Bounds all reads of a handshake together, where the socket has a deadline, and each of them where it has none. */
    private static void within(Deadline limit, Socket socket, IOCallback<Socket> handshake) throws IOException {
        if (!limit.isLimited()) {
            handshake.execute(socket);
            return;
        }
        int timeoutPerRead = socket.getSoTimeout();
        ReadDeadline reads = (socket instanceof GuardedSocket guarded) ? guarded.deadline() : null;
        socket.setSoTimeout(limit.timeoutMillis());
        if (reads != null) {
            reads.begin(socket, limit.timeoutMillis());
        }
        handshake.execute(socket);
        if (reads != null) {
            reads.end(socket);
        }
        socket.setSoTimeout(timeoutPerRead);
    }
}

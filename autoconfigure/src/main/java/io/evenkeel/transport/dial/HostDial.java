// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.GuardedSocket;
import io.evenkeel.transport.connection.PooledConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/**
 * Connects to one host: to the first of its addresses that answers and, if it is to have TLS, proves who it is. All of it
 * together takes no longer than the connect timeout. Used once, by the thread of the call; another one may close the
 * connection meanwhile, which ends it.
 */
final class HostDial {

    private final PooledConnection connection;
    private final Deque<InetSocketAddress> left;
    private final ConnectBudget budget;
    private final FailedAddresses memory;
    private final DialFailures failures;
    private final ChannelSockets sockets;
    private final SocketConfig config;
    private final @Nullable InetSocketAddress localAddress;
    private final Ticker ticker;

    /**
     * @param resolved addresses of the host
     * @param limitKey the property of the connect timeout
     * @throws UnknownHostException if there is no address
     */
    HostDial(
            PooledConnection connection,
            HttpHost host,
            List<InetSocketAddress> resolved,
            @Nullable InetSocketAddress localAddress,
            ConnectBudget budget,
            SocketConfig config,
            ChannelSockets sockets,
            FailedAddresses memory,
            String limitKey,
            Ticker ticker)
            throws UnknownHostException {
        if (resolved.isEmpty()) {
            throw new UnknownHostException(host.getHostName() + ": the resolver knows no address of it");
        }
        List<InetSocketAddress> ordered = memory.order(resolved);
        this.connection = connection;
        this.left = new ArrayDeque<>(ordered);
        this.localAddress = localAddress;
        this.budget = budget;
        this.config = config;
        this.sockets = sockets;
        this.memory = memory;
        this.failures = new DialFailures(host, ordered, limitKey);
        this.ticker = ticker;
    }

    /**
     * Dials.
     *
     * @param handshake what follows on the connection; if it fails, the next address is tried
     * @throws IOException if no address was good
     */
    void run(Handshake handshake) throws IOException {
        while (true) {
            InetSocketAddress address = connect();
            Socket socket = this.connection.getSocket();
            if (socket == null) {
                throw new SocketException("Socket closed");
            }
            try {
                handshake.run(socket, this.budget);
                this.memory.answered(address);
                return;
            } catch (IOException ex) {
                Closer.closeQuietly(socket);
                requireGoingOn(ex);
                this.failures.add(ex);
                this.memory.failed(address);
            } catch (RuntimeException ex) {
                Closer.closeQuietly(socket);
                throw ex;
            }
            requireMore();
        }
    }

    /** Binds the connection to a socket that is connected. */
    private InetSocketAddress connect() throws IOException {
        InetSocketAddress address = (this.left.size() > 1 && this.sockets.haveChannels()) ? race() : oneAfterTheOther();
        if (address != null) {
            return address;
        }
        throw this.budget.isSpent()
                ? this.failures.timedOut(this.budget.limit())
                : this.failures.allFailed(this.budget.limit());
    }

    private @Nullable InetSocketAddress race() throws IOException {
        try (AddressRace race =
                new AddressRace(() -> (GuardedSocket) open(), this.budget, this.memory, this.failures, this.ticker)) {
            this.connection.dialing(race::cancel);
            AddressRace.Attempt winner = race.run(this.left);
            if (winner == null) {
                return null;
            }
            this.connection.bind(winner.socket, winner.startedAt);
            return winner.address;
        } finally {
            this.connection.dialing(null);
        }
    }

    /** Waits in the socket, which is what virtual threads do best. */
    private @Nullable InetSocketAddress oneAfterTheOther() throws IOException {
        while (!this.left.isEmpty() && !this.budget.isSpent()) {
            InetSocketAddress address = this.left.remove();
            Socket socket = open();
            try {
                // Bound before, so that whoever closes the connection closes the socket.
                this.connection.bind(socket);
                socket.connect(address, this.budget.remainingMillis());
                this.connection.bind(socket);
                return address;
            } catch (IOException ex) {
                Closer.closeQuietly(socket);
                requireGoingOn(ex);
                this.failures.add(ex);
                this.memory.failed(address);
            } catch (RuntimeException ex) {
                Closer.closeQuietly(socket);
                throw ex;
            }
        }
        return null;
    }

    private Socket open() throws IOException {
        Socket socket = this.sockets.create(null);
        try {
            this.sockets.configure(socket, this.config);
            if (this.localAddress != null) {
                socket.bind(this.localAddress);
            }
            return socket;
        } catch (IOException | RuntimeException ex) {
            Closer.closeQuietly(socket);
            throw ex;
        }
    }

    /** No address is good for a call that was given up. */
    private void requireGoingOn(IOException failure) throws IOException {
        if (failure instanceof ClosedByInterruptException
                || Thread.currentThread().isInterrupted()
                || this.connection.isShut()) {
            throw failure;
        }
    }

    private void requireMore() throws IOException {
        if (this.left.isEmpty()) {
            throw this.failures.allFailed(this.budget.limit());
        }
        if (this.budget.isSpent()) {
            throw this.failures.timedOut(this.budget.limit());
        }
        if (this.connection.isShut()) {
            throw new SocketException("Socket closed");
        }
    }

    /** What is done on a socket once it is connected. */
    @FunctionalInterface
    interface Handshake {

        void run(Socket socket, ConnectBudget budget) throws IOException;
    }
}

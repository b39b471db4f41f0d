// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
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
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.io.IOCallback;
import org.jspecify.annotations.Nullable;

/**
 * Connects to one host: to the first of its addresses that answers and, if it is to have TLS, proves who it is. All of it
 * together takes no longer than the connect timeout. Used once, by the thread of the call; another one may close the
 * connection meanwhile, which ends it.
 */
final class HostDial {

    private final PooledConnection connection;
    private final Deque<InetSocketAddress> left;
    private final Deadline deadline;
    private final AddressRace.SocketOpener opener;
    private final boolean mayRace;
    private final FailedAddresses memory;
    private final DialFailures failures;
    private final Ticker ticker;

    /**
     * @param resolved addresses of the host
     * @param deadline of it all
     * @param opener makes sockets
     * @param mayRace whether these have channels, so that several addresses may be tried at a time
     * @param limitKey the property of the connect timeout
     * @throws UnknownHostException if there is no address
     */
    HostDial(
            PooledConnection connection,
            HttpHost host,
            List<InetSocketAddress> resolved,
            Deadline deadline,
            AddressRace.SocketOpener opener,
            boolean mayRace,
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
        this.deadline = deadline;
        this.opener = opener;
        this.mayRace = mayRace;
        this.memory = memory;
        this.failures = new DialFailures(host, ordered, deadline, limitKey);
        this.ticker = ticker;
    }

    /**
     * Dials.
     *
     * @param handshake what follows on the connection; if it fails, the next address is tried
     * @throws IOException if no address was good
     */
    void run(IOCallback<Socket> handshake) throws IOException {
        while (true) {
            InetSocketAddress address = connect();
            Socket socket = this.connection.getSocket();
            if (socket == null) {
                throw new SocketException("Socket closed");
            }
            try {
                handshake.execute(socket);
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
        InetSocketAddress address = (this.left.size() > 1 && this.mayRace) ? race() : oneAfterTheOther();
        if (address != null) {
            return address;
        }
        throw this.deadline.isOver() ? this.failures.timedOut() : this.failures.allFailed();
    }

    private @Nullable InetSocketAddress race() throws IOException {
        try (AddressRace race = new AddressRace(this.opener, this.deadline, this.memory, this.failures, this.ticker)) {
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
        while (!this.left.isEmpty() && !this.deadline.isOver()) {
            InetSocketAddress address = this.left.remove();
            Socket socket = this.opener.open();
            try {
                // Bound before, so that whoever closes the connection closes the socket.
                this.connection.bind(socket);
                socket.connect(address, this.deadline.timeoutMillis());
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
            throw this.failures.allFailed();
        }
        if (this.deadline.isOver()) {
            throw this.failures.timedOut();
        }
        if (this.connection.isShut()) {
            throw new SocketException("Socket closed");
        }
    }
}

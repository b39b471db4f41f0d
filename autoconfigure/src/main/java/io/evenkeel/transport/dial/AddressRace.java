// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.socket.GuardedSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the addresses of a host until one answers: the next is tried as soon as one has failed, or has not answered
 * for a while, and the others stay in the race (RFC 8305, section 5). All on the thread of the caller. What does not win is
 * closed.
 */
final class AddressRace implements AutoCloseable {

    /** RFC 8305, section 8: recommended, and the least that is allowed. */
    private static final long DELAY = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long SHORTEST_DELAY = TimeUnit.MILLISECONDS.toNanos(10);

    /** A name with a thousand dead addresses must not take a thousand sockets. */
    private static final int MOST_AT_ONCE = 8;

    private final SocketOpener opener;
    private final Deadline deadline;
    private final FailedAddresses memory;
    private final DialFailures failures;
    private final Ticker ticker;
    private final Selector selector;
    private final List<Attempt> running = new ArrayList<>();
    private volatile boolean cancelled;

    AddressRace(SocketOpener opener, Deadline deadline, FailedAddresses memory, DialFailures failures, Ticker ticker)
            throws IOException {
        this.opener = opener;
        this.deadline = deadline;
        this.memory = memory;
        this.failures = failures;
        this.ticker = ticker;
        this.selector = Selector.open();
    }

    /** Ends the race from another thread. */
    void cancel() {
        this.cancelled = true;
        this.selector.wakeup();
    }

    /**
     * Runs until one address answers.
     *
     * @param left addresses to try; those that were tried and failed are taken away, and so is the winner
     * @return the winner, null if nobody is left or no time
     */
    @Nullable
    Attempt run(Deque<InetSocketAddress> left) throws IOException {
        long delay = delay(left.size());
        long nextAt = this.ticker.nanoTime();
        while (!this.deadline.isOver() && !(left.isEmpty() && this.running.isEmpty())) {
            requireGoingOn();
            long now = this.ticker.nanoTime();
            boolean more = !left.isEmpty();
            if (more && (this.running.isEmpty() || now - nextAt >= 0)) {
                makeRoom();
                start(left.remove());
                nextAt = now + delay;
            } else {
                select(Math.min(this.deadline.remainingNanos(), more ? nextAt - now : Long.MAX_VALUE));
            }
            int before = this.running.size();
            Attempt winner = winner();
            if (winner != null) {
                letGo(winner, left);
                return winner;
            }
            if (this.running.size() < before) {
                nextAt = this.ticker.nanoTime();
            }
        }
        this.running.forEach(attempt -> this.memory.failed(attempt.address));
        return null;
    }

    /** Each address gets a share of the time, the last one, too. */
    private long delay(int addresses) {
        long share = this.deadline.remainingNanos() / (addresses + 1);
        return Math.max(SHORTEST_DELAY, Math.min(DELAY, share));
    }

    private void requireGoingOn() throws IOException {
        if (this.cancelled) {
            throw new SocketException("Socket closed");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new ClosedByInterruptException();
        }
    }

    private void select(long nanos) throws IOException {
        // Never 0, which would be for ever, though the time may have run out since it was asked for.
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        this.selector.select((nanos == Long.MAX_VALUE) ? 0 : millis);
        this.selector.selectedKeys().clear();
    }

    /** Who has been silent for longest makes room for one that has had no chance. */
    private void makeRoom() {
        if (this.running.size() >= MOST_AT_ONCE) {
            Attempt oldest = this.running.remove(0);
            Closer.closeQuietly(oldest.socket);
            this.memory.failed(oldest.address);
        }
    }

    private void start(InetSocketAddress address) throws IOException {
        GuardedSocket socket = (GuardedSocket) this.opener.open();
        Attempt attempt = new Attempt(address, socket, this.ticker.nanoTime());
        this.running.add(attempt);
        socket.getChannel().configureBlocking(false);
        try {
            if (!socket.getChannel().connect(address)) {
                socket.getChannel().register(this.selector, SelectionKey.OP_CONNECT);
            }
        } catch (IOException ex) {
            attempt.failure = ex;
        } catch (UnsupportedAddressTypeException ex) {
            attempt.failure = new ConnectException("This machine does not speak to addresses of that kind");
        }
    }

    private @Nullable Attempt winner() throws IOException {
        for (Iterator<Attempt> all = this.running.iterator(); all.hasNext(); ) {
            Attempt attempt = all.next();
            if (attempt.isConnected()) {
                all.remove();
                return attempt;
            }
            IOException failure = attempt.failure;
            if (failure != null) {
                all.remove();
                attempt.socket.close();
                this.failures.add(failure);
                this.memory.failed(attempt.address);
            }
        }
        return null;
    }

    /** Whoever began earlier than the winner has had its chance; the others may be needed yet. */
    private void letGo(Attempt winner, Deque<InetSocketAddress> left) throws IOException {
        for (Attempt loser : this.running) {
            if (loser.startedAt - winner.startedAt < 0) {
                this.memory.failed(loser.address);
            }
            Closer.closeQuietly(loser.socket);
            left.add(loser.address);
        }
        this.running.clear();
        SelectionKey key = winner.socket.getChannel().keyFor(this.selector);
        if (key != null) {
            key.cancel();
        }
        try {
            winner.socket.getChannel().configureBlocking(true);
        } catch (IOException | RuntimeException ex) {
            Closer.closeQuietly(winner.socket);
            throw ex;
        }
    }

    /** Closes what is still on its way. */
    @Override
    public void close() throws IOException {
        // Channels first: the selector lets go of them for good.
        try {
            for (Attempt attempt : this.running) {
                attempt.socket.close();
            }
        } finally {
            this.selector.close();
        }
    }

    /** Opens a socket that has its options. */
    @FunctionalInterface
    interface SocketOpener {

        Socket open() throws IOException;
    }

    /** One address. */
    static final class Attempt {

        final InetSocketAddress address;
        final GuardedSocket socket;
        final long startedAt;
        private @Nullable IOException failure;

        private Attempt(InetSocketAddress address, GuardedSocket socket, long startedAt) {
            this.address = address;
            this.socket = socket;
            this.startedAt = startedAt;
        }

        private boolean isConnected() {
            try {
                return this.failure == null
                        && (this.socket.isConnected()
                                || this.socket.getChannel().finishConnect());
            } catch (IOException ex) {
                this.failure = ex;
                return false;
            }
        }
    }
}

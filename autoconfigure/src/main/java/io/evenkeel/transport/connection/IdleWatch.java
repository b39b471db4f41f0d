// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.transport.socket.Liveness;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Guards the blocking mode of one connection's channel. Between {@link #park()} and {@link #resume()} nobody reads from
 * the connection, so the channel may be non-blocking and registered with a selector; in use it blocks, unless it never does.
 * Thread-safe.
 */
public final class IdleWatch {

    private final Object connection;
    private final Supplier<@Nullable SocketChannel> channel;
    private final BooleanSupplier neverBlocks;
    private final Supplier<Liveness> probe;
    private final ReentrantLock lock = new ReentrantLock();

    // written under lock
    private boolean parked;
    private volatile @Nullable SelectionKey key;
    private @Nullable SelectionKey lastKey;
    private @Nullable Liveness verdict;

    /**
     * @param connection what selectors report
     * @param channel of the connection, if it has one and is open
     * @param neverBlocks whether the channel is non-blocking in use, too
     * @param probe looks at the connection
     */
    IdleWatch(
            Object connection,
            Supplier<@Nullable SocketChannel> channel,
            BooleanSupplier neverBlocks,
            Supplier<Liveness> probe) {
        this.connection = connection;
        this.channel = channel;
        this.neverBlocks = neverBlocks;
        this.probe = probe;
    }

    void park() {
        this.lock.lock();
        try {
            if (this.parked) {
                throw new IllegalStateException("Released twice: " + this.connection);
            }
            this.parked = true;
        } finally {
            this.lock.unlock();
        }
    }

    /** Registers the channel of a parked connection, unless somebody looks at it just now, who knows more. */
    public void register(Selector selector) throws IOException {
        if (!this.lock.tryLock()) {
            return;
        }
        try {
            SocketChannel channel = this.channel.get();
            // A key that is not valid any more is one of a selector that failed.
            if (!this.parked || channel == null || isWatched()) {
                return;
            }
            this.key = null;
            channel.configureBlocking(false);
            try {
                this.key = channel.register(selector, SelectionKey.OP_READ, this.connection);
            } catch (CancelledKeyException ex) {
                // It was used since the selector last dropped its old keys. There will be another time.
                return;
            } finally {
                if (this.key == null) {
                    blockAgain(channel);
                }
            }
        } finally {
            this.lock.unlock();
        }
    }

    /** {@return whether a selector can tell when the peer closes the connection} */
    public boolean isPossible() {
        return this.channel.get() != null;
    }

    /** {@return whether a selector would tell if the peer closed the connection} */
    public boolean isWatched() {
        SelectionKey current = this.key;
        return current != null && current.isValid();
    }

    /**
     * {@return what is to be seen of a connection that a selector reported; it stays parked} It is not watched any more: TLS
     * can look only at a channel that blocks.
     */
    public Liveness inspect() {
        if (!this.lock.tryLock()) {
            return Liveness.ALIVE;
        }
        try {
            if (!this.parked || this.key == null) {
                return Liveness.ALIVE;
            }
            unwatch();
            return lookLocked();
        } finally {
            this.lock.unlock();
        }
    }

    /** {@return what is known of the connection without a look; it is in use from now on} */
    Liveness resume() {
        this.lock.lock();
        try {
            this.parked = false;
            unwatch();
            return (this.verdict != null) ? this.verdict : Liveness.ALIVE;
        } finally {
            this.lock.unlock();
        }
    }

    /** {@return what is to be seen of a connection in use that nobody reads from just now} */
    Liveness look() {
        this.lock.lock();
        try {
            return lookLocked();
        } finally {
            this.lock.unlock();
        }
    }

    /**
     * Gives the channel back to blocking reads, so that the connection can be closed: a TLS socket cannot in the other mode.
     *
     * @return lets the selector know, once the connection is closed
     */
    Runnable end() {
        this.lock.lock();
        try {
            this.parked = false;
            unwatch();
            SelectionKey last = this.lastKey;
            return () -> letGo(last);
        } finally {
            this.lock.unlock();
        }
    }

    /** A channel is closed only when its selector has forgotten it, and that may be asleep. */
    private static void letGo(@Nullable SelectionKey last) {
        if (last != null && last.channel().isRegistered()) {
            last.selector().wakeup();
        }
    }

    private Liveness lookLocked() {
        Liveness known = this.verdict;
        if (known != null) {
            return known;
        }
        Liveness seen = this.probe.get();
        if (seen != Liveness.ALIVE) {
            // A look may take a byte away: what was seen once stays true.
            this.verdict = seen;
        }
        return seen;
    }

    private void blockAgain(SelectableChannel channel) throws IOException {
        if (!this.neverBlocks.getAsBoolean()) {
            channel.configureBlocking(true);
        }
    }

    private void unwatch() {
        SelectionKey current = this.key;
        if (current == null) {
            return;
        }
        this.key = null;
        this.lastKey = current;
        current.cancel();
        try {
            blockAgain(current.channel());
        } catch (IOException ex) {
            this.verdict = Liveness.RESET;
        }
    }
}

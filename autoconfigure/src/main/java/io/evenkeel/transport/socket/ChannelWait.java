// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Reads and writes a channel that never blocks, and waits for it by a selector of its own. To users that is a channel that
 * blocks, with the same exceptions; but neither a look nor a read with a timeout has to change its mode, which takes four
 * system calls each time. Its price is the two descriptors of the selector, and that a virtual thread that waits
 * would hold its carrier.
 *
 * <p>One thread reads and writes at a time; any may close.
 */
final class ChannelWait implements Closeable {

    /** The JDK copies what is on the heap to a buffer of that size, and keeps one for each thread. */
    private static final int MOST_AT_ONCE = 64 * 1024;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;

    /** What was written has to get there before anything comes back: a read at once would be in vain. */
    private boolean written;

    private ChannelWait(SocketChannel channel, Selector selector, SelectionKey key) {
        this.channel = channel;
        this.selector = selector;
        this.key = key;
    }

    /** Makes a channel one that never blocks again. If that fails, it is as it was. */
    static ChannelWait open(SocketChannel channel) throws IOException {
        Selector selector = channel.provider().openSelector();
        ChannelWait made = null;
        try {
            channel.configureBlocking(false);
            made = new ChannelWait(channel, selector, channel.register(selector, SelectionKey.OP_READ));
            return made;
        } finally {
            if (made == null) {
                // A selector that is forgotten would keep the descriptor of the channel for ever.
                selector.close();
                if (channel.isOpen()) {
                    channel.configureBlocking(true);
                }
            }
        }
    }

    /**
     * @param timeoutMillis to wait for the first byte, zero for ever
     * @return the number of bytes, or -1 at the end
     */
    int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException {
        if (length == 0) {
            return 0;
        }
        ByteBuffer target = ByteBuffer.wrap(buffer, offset, Math.min(length, MOST_AT_ONCE));
        if (this.written) {
            this.written = false;
            await(SelectionKey.OP_READ, timeoutMillis);
        }
        requireUninterrupted();
        int read = this.channel.read(target);
        while (read == 0) {
            await(SelectionKey.OP_READ, timeoutMillis);
            read = this.channel.read(target);
        }
        return read;
    }

    void write(byte[] buffer, int offset, int length) throws IOException {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            requireUninterrupted();
            int taken = this.channel.write(ByteBuffer.wrap(buffer, at, Math.min(end - at, MOST_AT_ONCE)));
            at += taken;
            if (taken == 0) {
                await(SelectionKey.OP_WRITE, 0);
            }
        }
        this.written = true;
    }

    private void await(int operation, int timeoutMillis) throws IOException {
        try {
            if (this.key.interestOps() != operation) {
                this.key.interestOps(operation);
            }
            // Nobody wakes it up but who interrupts or closes.
            int ready = this.selector.select(selected -> {}, timeoutMillis);
            requireUninterrupted();
            if (!this.selector.isOpen() || !this.channel.isOpen()) {
                throw new AsynchronousCloseException();
            }
            if (ready == 0 && timeoutMillis > 0) {
                throw new SocketTimeoutException("Read timed out");
            }
        } catch (ClosedSelectorException | CancelledKeyException ex) {
            IOException closed = new AsynchronousCloseException();
            closed.initCause(ex);
            throw closed;
        }
    }

    /** As it is with a channel that blocks: an interrupt ends the connection. */
    private void requireUninterrupted() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            this.channel.close();
            throw new ClosedByInterruptException();
        }
    }

    /** Wakes who waits, and lets go of the channel, which is closed only then if it is to be. */
    @Override
    public void close() throws IOException {
        this.selector.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What is to be written to a channel without waiting for the peer. What the kernel does not take at once is kept here, so that TLS,
 * which writes through this, need not be held up in the middle of a record, and whoever writes can look meanwhile for what the peer has
 * to say. Between the first write and the next read the channel does not block.
 *
 * <p>One thread writes, reads and waits; any may close the channel.
 */
public final class Outbox {

    /** From the first wait on, each takes a quarter of the time waited so far. */
    private static final int SHARE = 4;

    /** The buffer of a fast connection lasts for longer; with a quarter of that, an upload on one machine took some 15 % more CPU. */
    private static final long SHORTEST_WAIT = 200_000;

    /** Who closes the channel is noticed within that. */
    private static final long LONGEST_WAIT = 10_000_000;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final BooleanSupplier neverBlocks;
    private final ByteBuffer looked = ByteBuffer.allocate(1);

    private boolean active;
    private ByteBuffer pending = NOTHING;

    /** @param neverBlocks whether the channel is non-blocking anyway */
    Outbox(SocketChannel channel, BooleanSupplier neverBlocks) {
        this.channel = channel;
        this.neverBlocks = neverBlocks;
    }

    boolean isActive() {
        return this.active;
    }

    /** What is written from now on does not wait. */
    public void activate() throws IOException {
        if (!this.active) {
            setBlocking(false);
            this.active = true;
        }
    }

    /** The channel is about to be read, as ever. What is pending stays so. */
    public void deactivate() throws IOException {
        if (this.active) {
            this.active = false;
            setBlocking(true);
        }
    }

    private void setBlocking(boolean blocking) throws IOException {
        if (!this.neverBlocks.getAsBoolean()) {
            try {
                this.channel.configureBlocking(blocking);
            } catch (IOException ex) {
                throw ChannelFailures.ofSocket(ex);
            }
        }
    }

    /** {@return whether something waits to be written} It comes before all that is written later. */
    public boolean hasPending() {
        return this.pending.hasRemaining();
    }

    /** Writes what the kernel takes, and keeps the rest. */
    void write(byte[] buffer, int offset, int length) throws IOException {
        requireUninterrupted();
        ByteBuffer data = ByteBuffer.wrap(buffer, offset, length);
        if (!hasPending()) {
            this.channel.write(data);
        }
        if (data.hasRemaining()) {
            keep(data);
        }
    }

    private void keep(ByteBuffer data) {
        ByteBuffer whole = ByteBuffer.allocate(this.pending.remaining() + data.remaining());
        whole.put(this.pending).put(data).flip();
        this.pending = whole;
    }

    /** {@return how many of the bytes that are pending the kernel has taken now} */
    public int writePending() throws IOException {
        try {
            requireUninterrupted();
            int taken = this.channel.write(this.pending);
            if (!hasPending()) {
                this.pending = NOTHING;
            }
            return taken;
        } catch (IOException ex) {
            throw ChannelFailures.ofSocket(ex);
        }
    }

    /**
     * Looks whether the peer has sent something, and takes one byte if so.
     *
     * @return the byte, or a negative number if there is none, or an end
     */
    int look() throws IOException {
        this.looked.clear();
        return (this.channel.read(this.looked) > 0) ? this.looked.get(0) & 0xff : -1;
    }

    /**
     * Waits a little for the kernel to take more. There is no selector for it: that costs descriptors, and a virtual thread would
     * hold its carrier; and with a buffer that is full there is time.
     *
     * @param waited for how long that has been so, in nanoseconds
     */
    public void await(long waited) throws IOException {
        LockSupport.parkNanos(this, Math.max(SHORTEST_WAIT, Math.min(waited / SHARE, LONGEST_WAIT)));
        requireUninterrupted();
    }

    /** As it is with a channel that blocks: an interrupt ends the connection. */
    private void requireUninterrupted() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            this.channel.close();
            throw new ClosedByInterruptException();
        }
    }
}
